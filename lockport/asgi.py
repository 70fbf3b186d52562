"""The web server's door."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lockport.settings")
django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402  (needs Django set up)

from lockport.bodies import MemoryOnlyHandler  # noqa: E402
from lockport.loopback import on_loopback_only  # noqa: E402
from retention.startup import refuse_wrong_keys  # noqa: E402

refuse_wrong_keys()
plain = MemoryOnlyHandler()
application = on_loopback_only(plain) if settings.LOCKPORT_DEVELOPMENT else plain
