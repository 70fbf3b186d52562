"""The web server's door."""

import gc
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lockport.settings")
django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402  (needs Django set up)
from django.urls import get_resolver  # noqa: E402

from lockport.bodies import MemoryOnlyHandler  # noqa: E402
from lockport.loopback import on_loopback_only  # noqa: E402
from retention.startup import refuse_wrong_keys  # noqa: E402

MOST_CONNECTIONS = 20  # of one web process to PostgreSQL; further requests wait for their turn

if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # Each request, and each look of an open page, asked for a connection of its own, which costs both sides more than
    # most questions. Only here: workers are forked, and a pool's threads do not survive that.
    settings.DATABASES["default"]["CONN_HEALTH_CHECKS"] = True  # none that the server has dropped is handed out
    settings.DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 2, "max_size": MOST_CONNECTIONS, "timeout": 10}
refuse_wrong_keys()
plain = MemoryOnlyHandler()
application = on_loopback_only(plain) if settings.LOCKPORT_DEVELOPMENT else plain

get_resolver().url_patterns  # every view, now and not with the first request  # noqa: B018
# What is loaded by now stays as long as the process. Without this the collector went through all of it again and again,
# a tenth of a second each time, while somebody waited for a page; and it looked after every few hundred new objects,
# of which a page makes tens of thousands and keeps none.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 10, 10)
