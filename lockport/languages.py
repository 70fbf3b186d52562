"""The language of the pages: each person's choice, kept in a cookie of their browser; until then the browser's own."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.checks import CheckMessage, Warning, register
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from lockport.catalogues import stale_catalogues


# Without a token: it would make two pages that say "nothing here" differ, and the worst that another site could do is
# to show somebody these pages in Spanish.
@csrf_exempt
@login_not_required
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Remember the posted `language`, and go back to the page that asked; the browser says which it was."""
    return set_language(request)


@register()
def translations_are_compiled(**_: Any) -> list[CheckMessage]:
    return [
        Warning(
            f"{source} is newer than what was compiled of it: some sentences are shown in English.",
            hint="Run `manage.py compile_translations`.",
            id="lockport.W001",
        )
        for folder in settings.LOCALE_PATHS
        for source in stale_catalogues(folder)
    ]
