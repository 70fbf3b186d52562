"""What the ASGI server runs."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lockport.settings")
application = get_asgi_application()

from retention.startup import refuse_wrong_keys  # noqa: E402  (needs Django set up)

refuse_wrong_keys()
