"""What is hard to undo asks for a sign-in within the last five minutes."""

import time

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from lockport.step_up import SIGNED_IN_AT, STEP_UP_SECONDS, step_up_required

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("seconds_ago", "status"), [(STEP_UP_SECONDS - 1, 200), (STEP_UP_SECONDS + 1, 302)])
def test_a_sign_in_of_the_last_five_minutes_is_enough(client, cast, seconds_ago, status):
    client.force_login(cast.north_principal)
    request = RequestFactory().get("/somewhere/?page=2")
    request.session = client.session
    request.session[SIGNED_IN_AT] = time.time() - seconds_ago
    response = step_up_required(lambda request: HttpResponse("done"))(request)
    assert response.status_code == status
    if status == 302:
        assert response["Location"].endswith("?next=/somewhere/%3Fpage%3D2")


def test_signing_in_is_remembered(client, cast):
    client.force_login(cast.north_principal)
    assert time.time() - client.session[SIGNED_IN_AT] < 60
