"""Evaluations that were kept, and whether recognition may rely on them."""

import copy
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from audit.models import AccessRecord
from audit.services import Actor
from tests.watchlist.evaluations import crowd, figures_of
from watchlist import checks, evaluations
from watchlist.evaluating.measuring import Figures
from watchlist.evaluations import Evaluation, keep, recognition_allowed

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def measured() -> Figures:
    return figures_of(counts=crowd(40, 160), grouped=True)


@pytest.fixture
def figures(measured: Figures) -> Figures:
    """An evaluation of a gallery of 100 to which nothing can be objected."""
    good = copy.deepcopy(measured)
    good["gallery_size"] = 100
    good["claim"] |= {"met": True, "supported": True}
    good["groups"] |= {"worst_rate": 0.004, "worst_group": "Blue"}
    return good


@pytest.fixture(autouse=True)
def _models(models) -> None:
    """The converted network is what an evaluation is of."""


def kept(figures: Figures) -> Evaluation:
    return keep(figures, actor=Actor.command())


def tamper(row: Evaluation, **changes: object) -> None:
    Evaluation.objects.filter(pk=row.pk).update(**changes)


# -- kept and signed -------------------------------------------------------------------------------------------------


def test_what_was_kept_is_read_back_as_it_was_signed(figures):
    row = Evaluation.objects.get(pk=kept(figures).pk)
    assert row.is_genuine
    assert row.figures == figures


def test_keeping_is_recorded(figures):
    row = kept(figures)
    record = AccessRecord.objects.get(action="kept")
    assert (record.subject_id, record.actor_kind) == (str(row.pk), AccessRecord.ActorKind.COMMAND)


@pytest.mark.parametrize(
    "change",
    [
        {"gallery_size": 10_000},
        {"claim_supported": False},
        {"worst_group_rate": 0.0001},
        {"model_digest": "0" * 64},
        {"fpir": 0.01},
        {"made_by": "somebody else"},
        {"signature": "00" * 64},
        {"signature": "no signature"},
    ],
)
def test_an_altered_evaluation_is_noticed_and_refused(figures, change):
    row = kept(figures)
    tamper(row, **change)
    assert not Evaluation.objects.get(pk=row.pk).is_genuine
    verdict = recognition_allowed(100)
    assert not verdict.allowed
    assert "altered" in verdict.reason


def test_altered_figures_are_noticed(figures):
    row = kept(figures)
    figures["settings"][-1]["ours"]["operating"]["fpir"]["value"] = 0.0
    tamper(row, figures=figures | {"strangers": 1})
    assert not Evaluation.objects.get(pk=row.pk).is_genuine


def test_an_evaluation_signed_with_another_key_is_refused(figures, monkeypatch):
    monkeypatch.setenv("LOCKPORT_SIGNING_KEY", "A" * 43 + "=")
    kept(figures)
    monkeypatch.delenv("LOCKPORT_SIGNING_KEY")
    assert "signed with another key" in recognition_allowed(100).reason


def test_no_name_and_no_picture_is_stored(figures):
    kept(figures)
    with connection.cursor() as cursor:
        cursor.execute("SELECT figures FROM watchlist_evaluation")
        (text,) = cursor.fetchone()
    assert "known 1" not in text and "stranger 1" not in text
    assert max(len(value) for value in _lists(json.loads(text))) <= 200  # the points of a curve, no template


def _lists(value: object) -> list[list]:
    if isinstance(value, dict):
        return [each for item in value.values() for each in _lists(item)]
    if isinstance(value, list):
        return [value] + [each for item in value for each in _lists(item)]
    return [[]]


# -- whether recognition is allowed ----------------------------------------------------------------------------------


def test_without_an_evaluation_nobody_is_looked_for(settings):
    settings.LOCKPORT_DEVELOPMENT = False
    verdict = recognition_allowed(1)
    assert not verdict.allowed
    assert "never evaluated" in verdict.reason and "manage.py evaluate" in verdict.reason


def test_on_a_development_machine_the_lack_of_one_is_only_pointed_out(settings):
    settings.LOCKPORT_DEVELOPMENT = True
    verdict = recognition_allowed(1)
    assert verdict.allowed and verdict.demonstration
    assert "demonstration only" in verdict.reason


@pytest.mark.parametrize(("size", "allowed"), [(1, True), (100, True), (109, True), (110, True), (111, False)])
def test_a_gallery_may_be_ten_per_cent_larger_than_the_one_evaluated(figures, size, allowed):
    kept(figures)
    verdict = recognition_allowed(size)
    assert verdict.allowed is allowed
    assert not verdict.demonstration


def test_too_large_a_gallery_says_how_to_evaluate_again(figures):
    kept(figures)
    assert "--size 111" in recognition_allowed(111).reason


@pytest.mark.parametrize(("rate", "allowed"), [(0.0049, True), (0.005, True), (0.0051, False), (None, False)])
def test_the_worst_groups_false_match_rate_has_a_limit(figures, settings, rate, allowed):
    settings.LOCKPORT_GROUP_LIMIT = 0.005
    figures["groups"]["worst_rate"] = rate
    kept(figures)
    verdict = recognition_allowed(100)
    assert verdict.allowed is allowed
    assert rate is None or allowed or "Blue" in verdict.reason


def test_an_evaluation_without_groups_is_not_enough(figures):
    kept(figures | {"groups": None})
    assert "--groups" in recognition_allowed(100).reason


def test_a_claim_that_was_not_met_or_not_supported_refuses(figures):
    figures["claim"] |= {"met": True, "supported": False}
    kept(figures)
    assert "too few strangers" in recognition_allowed(100).reason
    figures["claim"] |= {"met": False, "supported": False}
    kept(figures)
    assert "raised an alert" in recognition_allowed(100).reason


def test_another_budget_has_to_be_evaluated(figures, settings):
    kept(figures)
    settings.LOCKPORT_FALSE_ALARM_BUDGET = 0.0001
    verdict = recognition_allowed(100)
    assert not verdict.allowed
    assert "--fpir 0.0001" in verdict.reason


def test_other_models_have_to_be_evaluated(figures, monkeypatch):
    kept(figures)
    monkeypatch.setattr(evaluations, "RECIPE", "another way of making templates")
    assert "other models" in recognition_allowed(100).reason


def test_without_prepared_models_nobody_is_looked_for(figures, settings, tmp_path):
    kept(figures)
    settings.LOCKPORT_MODELS = tmp_path
    verdict = recognition_allowed(100)
    assert not verdict.allowed
    assert "convert_models" in verdict.reason


def test_every_refusal_holds_on_a_development_machine_too(figures, settings):
    settings.LOCKPORT_DEVELOPMENT = True
    kept(figures)
    assert not recognition_allowed(111).allowed


def test_the_newest_evaluation_counts(figures):
    kept(figures)
    kept(figures | {"gallery_size": 10})
    assert not recognition_allowed(100).allowed


# -- the system check ------------------------------------------------------------------------------------------------


def test_the_deployment_check_says_what_is_missing(settings, figures):
    settings.LOCKPORT_DEVELOPMENT = True
    assert [message.id for message in checks.recognition_was_evaluated(databases=["default"])] == ["watchlist.W002"]
    settings.LOCKPORT_DEVELOPMENT = False
    assert [message.id for message in checks.recognition_was_evaluated(databases=["default"])] == ["watchlist.E002"]
    kept(figures)
    assert checks.recognition_was_evaluated(databases=["default"]) == []


# -- the command -----------------------------------------------------------------------------------------------------


def test_the_command_says_what_is_wrong_with_its_folders(tmp_path):
    with pytest.raises(CommandError, match="There is no folder"):
        call_command("evaluate", "--gallery", str(tmp_path / "no"), "--probes", str(tmp_path))
    (tmp_path / "empty").mkdir()
    with pytest.raises(CommandError, match="No photographs in"):
        call_command("evaluate", "--gallery", str(tmp_path / "empty"), "--probes", str(tmp_path))


@pytest.mark.parametrize("wrong", [["--fpir", "0"], ["--fpir", "1"], ["--size", "0"], ["--frames", "0"]])
def test_the_command_says_what_is_wrong_with_its_options(tmp_path, wrong):
    with pytest.raises(CommandError, match=wrong[0]):
        call_command("evaluate", "--gallery", str(tmp_path), "--probes", str(tmp_path), *wrong)


def test_a_report_that_could_not_be_written_is_refused_before_anything_is_looked_at(tmp_path):
    (tmp_path / "ann.jpg").write_bytes(b"no picture")
    where = str(tmp_path / "nowhere" / "report.html")
    with pytest.raises(CommandError, match="The report cannot be written to"):
        call_command("evaluate", "--gallery", str(tmp_path), "--probes", str(tmp_path), "--report", where)
    assert not AccessRecord.objects.filter(action="evaluated").exists()


def test_pictures_without_faces_are_refused_one_by_one_and_then_all_together(tmp_path):
    (tmp_path / "ann.jpg").write_bytes(b"no picture")
    error = StringIO()
    with pytest.raises(CommandError, match="could be enrolled. Refused for enrolling: 1 × this is not a JPEG"):
        call_command("evaluate", "--gallery", str(tmp_path), "--probes", str(tmp_path), stderr=error)
    assert "1 of 1 photographs" in error.getvalue()
