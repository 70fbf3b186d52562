"""The pure pipeline: numpy in, values out. No Django, no Celery, no settings, no disk writes."""
