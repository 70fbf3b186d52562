"""Every setting of Lockport, read from the environment (docs/settings.md lists them). No secret has a default."""

import os
from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF

from lockport.keyfiles import key_from

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent

# Where everything lives that is not code: database, vault, keys, converted models.
LOCKPORT_DATA = Path(env.str("LOCKPORT_DATA", default=str(BASE_DIR / "data")))
LOCKPORT_MODELS = Path(env.str("LOCKPORT_MODELS", default=str(LOCKPORT_DATA / "models")))
LOCKPORT_VAULT = Path(env.str("LOCKPORT_VAULT", default=str(LOCKPORT_DATA / "vault")))
LOCKPORT_OUTBOX = Path(env.str("LOCKPORT_OUTBOX", default=str(LOCKPORT_DATA / "outbox")))
LOCKPORT_VIDEO_FOLDER = Path(env.str("LOCKPORT_VIDEO_FOLDER", default=str(LOCKPORT_DATA / "videos")))
LOCKPORT_MASTER_KEY_FILE = Path(env.str("LOCKPORT_MASTER_KEY_FILE", default=str(LOCKPORT_DATA / "keys" / "master.key")))
LOCKPORT_SIGNING_KEY_FILE = Path(
    env.str("LOCKPORT_SIGNING_KEY_FILE", default=str(LOCKPORT_DATA / "keys" / "signing.key"))
)

# On this machine only: plain HTTP, cameras on loopback addresses, files of the demonstration. Never for a district.
LOCKPORT_DEVELOPMENT = env.bool("LOCKPORT_DEVELOPMENT", default=False)
DEBUG = env.bool("DEBUG", default=False)

LOCKPORT_FRAMES_PER_SECOND = env.float("LOCKPORT_FRAMES_PER_SECOND", default=5.0)
LOCKPORT_FALSE_ALARM_BUDGET = env.float("LOCKPORT_FALSE_ALARM_BUDGET", default=0.001)
# However often people pass, counting them says no more than this many different people could.
LOCKPORT_PEOPLE = env.int("LOCKPORT_PEOPLE", default=1000)
LOCKPORT_SUPPRESSION_SECONDS = env.int("LOCKPORT_SUPPRESSION_SECONDS", default=300)
LOCKPORT_REFUSED_JURISDICTIONS = env.list("LOCKPORT_REFUSED_JURISDICTIONS", default=["US-NY"])
# The highest false-match rate between people of one group, where 1 in 1,000 of all pairs match by mistake.
LOCKPORT_GROUP_LIMIT = env.float("LOCKPORT_GROUP_LIMIT", default=0.01)
# On letters to the enrolled: the district's name, and where an appeal goes (an address, a telephone number).
LOCKPORT_DISTRICT = env.str("LOCKPORT_DISTRICT", default="The school district")
LOCKPORT_CONTACT = env.str("LOCKPORT_CONTACT", default="the district's privacy officer, at the district office")
# Lists that must be signed: "name of the list=64 hexadecimal digits of its Ed25519 public key", separated by commas.
LOCKPORT_REGISTRY_KEYS = env.dict("LOCKPORT_REGISTRY_KEYS", default={})

SECRET_KEY = key_from("SECRET_KEY", LOCKPORT_DATA / "keys" / "secret.key").hex()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "rest_framework",
    "guardian",
    "lockport",
    "audit",
    "retention",
    "cameras",
    "watchlist",
    "alerts",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "audit.middleware.RequestIdMiddleware",
]

ROOT_URLCONF = "lockport.urls"
ASGI_APPLICATION = "lockport.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{LOCKPORT_DATA / 'lockport.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file also in tests: SQLite's shared memory database locks differently from what runs in earnest.
    DATABASES["default"]["TEST"] = {"NAME": LOCKPORT_DATA / "test.sqlite3"}
    # Write-ahead log and immediate transactions: writers queue for 20 s instead of failing with "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        # What is deleted, a wrapped key above all, is overwritten.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "lockport",
        # A page says that nothing is known of the cameras rather than wait for a Redis that is away.
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
}

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default=REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {"alerts.tasks.watch_camera": {"queue": "watch"}}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    # A message lives shorter than the lease: what no worker took in time is sent again, never twice at once.
    "dispatch-watches": {"task": "alerts.tasks.dispatch_watches", "schedule": 2.0, "options": {"expires": 4}},
    "deliver-outbox": {"task": "alerts.tasks.deliver_outbox", "schedule": 10.0, "options": {"expires": 10}},
    "expire-entries": {"task": "watchlist.tasks.expire_entries", "schedule": 60.0, "options": {"expires": 60}},
}

AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend", "guardian.backends.ObjectPermissionBackend"]
ANONYMOUS_USER_NAME = None  # no guardian row for strangers: a stranger has no grants
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "alerts:queue"
LOGOUT_REDIRECT_URL = "sign-in"

SESSION_COOKIE_AGE = 60 * 60
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not LOCKPORT_DEVELOPMENT
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=not LOCKPORT_DEVELOPMENT)
SECURE_HSTS_SECONDS = 0 if LOCKPORT_DEVELOPMENT else 60 * 60 * 24 * 365
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not LOCKPORT_DEVELOPMENT
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "media-src": [SELF],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.CursorPagination",
    "PAGE_SIZE": 50,
}

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_I18N = USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = LOCKPORT_DATA / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "retention.vault.Vault"},
    "vault": {"BACKEND": "retention.vault.Vault"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = LOCKPORT_DEVELOPMENT

# Uploads are photographs: small enough to stay in memory, so that none ever lies unencrypted in a temporary folder.
FILE_UPLOAD_HANDLERS = ["lockport.uploads.MemoryOnlyUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {"django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False}},
}

os.environ.setdefault("OPENCV_LOG_LEVEL", "ERROR")
