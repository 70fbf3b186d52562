"""What beat sends to the workers, and how often. A message that no worker took in time is dropped: the next comes."""

from celery.schedules import crontab

CELERY_BEAT_SCHEDULE = {
    # A message lives shorter than the lease: what no worker took in time is sent again, never twice at once.
    "dispatch-watches": {"task": "alerts.tasks.dispatch_watches", "schedule": 2.0, "options": {"expires": 4}},
    "deliver-outbox": {"task": "alerts.tasks.deliver_outbox", "schedule": 10.0, "options": {"expires": 10}},
    "point-out-unusual": {"task": "audit.tasks.point_out_unusual", "schedule": 300.0, "options": {"expires": 300}},
    "seal-log": {"task": "audit.tasks.seal_log", "schedule": 1.0, "options": {"expires": 1}},
    "publish-head": {"task": "audit.tasks.publish_head", "schedule": 30.0, "options": {"expires": 30}},
    "verify-log": {"task": "audit.tasks.verify_log", "schedule": 60.0, "options": {"expires": 60}},
    "verify-whole-log": {"task": "audit.tasks.verify_whole_log", "schedule": crontab(hour=2, minute=40)},
    "look-at-the-clock": {"task": "retention.tasks.tick", "schedule": 60.0, "options": {"expires": 60}},
    "cut-clips": {"task": "alerts.tasks.cut_clips", "schedule": 5.0, "options": {"expires": 5}},
    # Twice a minute, so that none is missed; each is counted once.
    "count-uptime": {"task": "cameras.tasks.count_uptime", "schedule": 30.0, "options": {"expires": 30}},
    "purge": {"task": "retention.tasks.purge", "schedule": 60.0, "options": {"expires": 60}},
    "send-notices": {"task": "alerts.tasks.send_notices", "schedule": 2.0, "options": {"expires": 4}},
    "tend-alerts": {"task": "alerts.tasks.tend_alerts", "schedule": 10.0, "options": {"expires": 10}},
    "expire-entries": {"task": "watchlist.tasks.expire_entries", "schedule": 60.0, "options": {"expires": 60}},
    "expire-grants": {"task": "watchlist.tasks.expire_grants", "schedule": 60.0, "options": {"expires": 60}},
}
