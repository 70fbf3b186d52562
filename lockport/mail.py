"""Whether there is a mail server: Django's stand-in for none says of every message that it was sent."""

from django.conf import settings


def can_mail() -> bool:
    return not settings.EMAIL_BACKEND.endswith("dummy.EmailBackend")
