"""The web server's door."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lockport.settings")
plain = get_asgi_application()

from django.conf import settings  # noqa: E402  (needs Django set up)

from lockport.loopback import on_loopback_only  # noqa: E402
from retention.startup import refuse_wrong_keys  # noqa: E402

refuse_wrong_keys()
application = on_loopback_only(plain) if settings.LOCKPORT_DEVELOPMENT else plain
