"""The evaluation that recognition relies on, as a page for those who answer alerts and for the privacy officer."""

from datetime import timedelta

import pytest
from django.urls import reverse

from audit.models import AccessRecord
from audit.services import Actor
from tests.watchlist.evaluations import crowd, figures_of
from watchlist.evaluations import Evaluation, keep

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def figures():
    return figures_of(counts=crowd(40, 160), grouped=True)


@pytest.fixture
def kept(figures, models) -> Evaluation:
    return keep(figures, actor=Actor.command())


@pytest.fixture
def page(client, cast):
    def read(person=cast.privacy_officer) -> str:
        client.force_login(person)
        answer = client.get(reverse("evaluation"))
        assert answer.status_code == 200
        return answer.content.decode()

    return read


def test_it_shows_the_sentences_the_groups_and_how_many_were_searched(kept, page, figures):
    text = page()
    assert f"for a list of {kept.gallery_size} people" in text
    assert "who are not on a list" in text
    assert f"{figures['settings'][-1]['ours']['operating']['fpir']['trials']:,} searches were made" in text
    for group in ("Blue", "Green", "Female", "Male"):
        assert f'<th scope="row">{group}</th>' in text


def test_looking_is_recorded_with_the_evaluation_looked_at(kept, page, cast):
    page()
    record = AccessRecord.objects.get(action="looked at", subject_id=str(kept.pk))
    assert record.actor_name == cast.privacy_officer.get_full_name()


def test_without_an_evaluation_it_says_how_to_make_one(page):
    assert "manage.py evaluate" in page()


@pytest.mark.parametrize("change", [{"gallery_size": 10_000}, {"made_by": "somebody else"}, {"signature": "00" * 64}])
def test_an_altered_evaluation_is_not_shown(kept, page, change):
    Evaluation.objects.filter(pk=kept.pk).update(**change)
    text = page()
    assert "was altered" in text
    assert "FNIR" not in text


def test_an_altered_day_is_noticed_too(kept, page):
    Evaluation.objects.filter(pk=kept.pk).update(made_at=kept.made_at + timedelta(days=1))
    assert "was altered" in page()


def test_the_newest_one_is_shown(figures, kept, page):
    keep(figures | {"gallery_size": 21}, actor=Actor.command())
    assert "for a list of 21 people" in page()


def test_the_camera_page_leads_to_it_with_its_reason(kept, client, cast):
    client.force_login(cast.north_principal)
    text = client.get(reverse("cameras:cameras")).content.decode()
    assert "Nobody is looked for" in text
    assert f'href="{reverse("evaluation")}"' in text


def test_who_has_no_part_in_it_is_refused(kept, client, cast):
    client.force_login(cast.outsider)
    assert client.get(reverse("evaluation")).status_code == 403
