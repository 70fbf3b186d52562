"""What people read when something does not work: what happened, what was not lost, what to do."""

import pytest
from django.template.loader import get_template, render_to_string
from django.test import Client, RequestFactory
from django.views import defaults

from tests.conftest import Cast


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("400.html", "Nothing was changed"),
        ("403.html", "Your system administrator"),
        ("403_csrf.html", "nothing was saved"),
        ("404.html", "does not say which"),
        ("500.html", "Alerts are not lost"),
        ("503.html", "alerts wait, encrypted"),
    ],
)
def test_each_page_can_be_made_without_a_database_or_a_person(template: str, words: str):
    # No django_db mark: a query here would raise.
    assert words in get_template(template).render()


def test_a_failure_shows_the_plain_page_and_nothing_of_the_error():
    answer = defaults.server_error(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert "Something went wrong here" in answer.content.decode()


@pytest.mark.django_db
def test_403_names_what_is_missing_and_whom_to_ask(client: Client, cast: Cast):
    client.force_login(cast.privacy_officer)
    answer = client.get("/")
    text = answer.content.decode()
    assert answer.status_code == 403
    assert "alerts.view_alert" in text
    assert "Ask your system administrator" in text


@pytest.mark.django_db
def test_404_does_not_repeat_the_address_or_say_whether_something_exists(client: Client, cast: Cast):
    client.force_login(cast.north_principal)
    answer = client.get("/alerts/424242/")
    assert answer.status_code == 404
    assert "424242" not in answer.content.decode()


def test_no_error_page_has_a_script_or_style_of_its_own():
    for template in ("400", "403", "403_csrf", "404", "500", "503"):
        text = render_to_string(f"{template}.html")
        assert "<style" not in text and "style=" not in text and "<script>" not in text
