"""Every setting of Lockport, read from the environment (docs/settings.md lists them). No secret has a default."""

import os
from pathlib import Path

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from lockport.district_sign_on import sign_on_providers
from lockport.keyfiles import key_from
from lockport.reading_settings import Environment, read_database
from lockport.schedule import CELERY_BEAT_SCHEDULE as CELERY_BEAT_SCHEDULE

env = Environment()
BASE_DIR = Path(__file__).resolve().parent.parent

# Where everything lives that is not code: database, vault, keys, converted models.
LOCKPORT_DATA = Path(env.str("LOCKPORT_DATA", default=str(BASE_DIR / "data")))
LOCKPORT_MODELS = Path(env.str("LOCKPORT_MODELS", default=str(LOCKPORT_DATA / "models")))
LOCKPORT_VAULT = Path(env.str("LOCKPORT_VAULT", default=str(LOCKPORT_DATA / "vault")))
# Where the ciphertexts lie: a folder (LOCKPORT_VAULT), or another Django storage by its dotted name and options (JSON).
LOCKPORT_VAULT_STORAGE = env.str("LOCKPORT_VAULT_STORAGE", default="retention.folder.Folder")
LOCKPORT_VAULT_OPTIONS = env.json("LOCKPORT_VAULT_OPTIONS", default={})
# The wrapped data keys and the log of their destruction: never in a backup that is kept longer than the data may be.
LOCKPORT_KEYS_FOLDER = Path(env.str("LOCKPORT_KEYS_FOLDER", default=str(LOCKPORT_DATA / "data-keys")))
LOCKPORT_OUTBOX = Path(env.str("LOCKPORT_OUTBOX", default=str(LOCKPORT_DATA / "outbox")))
LOCKPORT_VIDEO_FOLDER = Path(env.str("LOCKPORT_VIDEO_FOLDER", default=str(LOCKPORT_DATA / "videos")))
LOCKPORT_MASTER_KEY_FILE = Path(env.str("LOCKPORT_MASTER_KEY_FILE", default=str(LOCKPORT_DATA / "keys" / "master.key")))
LOCKPORT_MASTER_KEY_COMMAND = env.str("LOCKPORT_MASTER_KEY_COMMAND", default="")
LOCKPORT_SIGNING_KEY_FILE = Path(
    env.str("LOCKPORT_SIGNING_KEY_FILE", default=str(LOCKPORT_DATA / "keys" / "signing.key"))
)
# With which messages to browsers are signed (VAPID). Exchanged, every browser must be added anew.
LOCKPORT_PUSH_KEY_FILE = Path(env.str("LOCKPORT_PUSH_KEY_FILE", default=str(LOCKPORT_DATA / "keys" / "push.key")))
# The access log (docs/access-log.md): the key that marks each record, the key that signs heads, what the sealer
# remembers outside the database, and who else is given the heads.
LOCKPORT_LOG_CODE_KEY_FILE = Path(
    env.str("LOCKPORT_LOG_CODE_KEY_FILE", default=str(LOCKPORT_DATA / "keys" / "log-code.key"))
)
LOCKPORT_LOG_OLD_CODE_KEYS_FILE = Path(
    env.str("LOCKPORT_LOG_OLD_CODE_KEYS_FILE", default=str(LOCKPORT_DATA / "keys" / "log-code-old.keys"))
)
LOCKPORT_LOG_HEAD_KEY_FILE = Path(
    env.str("LOCKPORT_LOG_HEAD_KEY_FILE", default=str(LOCKPORT_DATA / "keys" / "log-head.key"))
)
LOCKPORT_LOG_MEMORY = Path(env.str("LOCKPORT_LOG_MEMORY", default=str(LOCKPORT_DATA / "log" / "memory.json")))
LOCKPORT_WITNESSES = env.list(
    "LOCKPORT_WITNESSES", default=[f"file:{LOCKPORT_DATA / name / 'heads.jsonl'}" for name in ("log", "witness")]
)
LOCKPORT_LOG_OLD_PUBLIC_KEYS = env.list("LOCKPORT_LOG_OLD_PUBLIC_KEYS", default=[])
LOCKPORT_HEAD_SECONDS = env.int("LOCKPORT_HEAD_SECONDS", default=300)

# On this machine only: plain HTTP, cameras on loopback addresses, files of the demonstration. Never for a district.
LOCKPORT_DEVELOPMENT = env.bool("LOCKPORT_DEVELOPMENT", default=False)
DEBUG = env.bool("DEBUG", default=False)
if DEBUG and not LOCKPORT_DEVELOPMENT:
    raise ImproperlyConfigured("DEBUG shows every setting and row to whoever causes an error. Unset it.")

LOCKPORT_FRAMES_PER_SECOND = env.float("LOCKPORT_FRAMES_PER_SECOND", default=5.0)
LOCKPORT_FALSE_ALARM_BUDGET = env.share("LOCKPORT_FALSE_ALARM_BUDGET", default=0.001)
# However often people pass, counting them says no more than this many different people could.
LOCKPORT_PEOPLE = env.int("LOCKPORT_PEOPLE", default=1000)
LOCKPORT_SUPPRESSION_SECONDS = env.int("LOCKPORT_SUPPRESSION_SECONDS", default=300)
# Days; a setting may only shorten them (retention/policy.py).
LOCKPORT_RECORDING_DAYS = env.int("LOCKPORT_RECORDING_DAYS", default=60)
LOCKPORT_ALERT_DAYS = env.int("LOCKPORT_ALERT_DAYS", default=60)
LOCKPORT_EXPORT_DAYS = env.int("LOCKPORT_EXPORT_DAYS", default=7)
# Categories of this severity or more need two people for "not this person", too (docs/decisions/0012).
LOCKPORT_TWO_TO_REJECT = env.int("LOCKPORT_TWO_TO_REJECT", default=5)
# Where people open Lockport: what the links in notifications begin with.
LOCKPORT_URL = env.str("LOCKPORT_URL", default="http://localhost:8000")
# Whether a notification may name the enrolled person, once two people have confirmed it.
LOCKPORT_NAMES_IN_NOTICES = env.bool("LOCKPORT_NAMES_IN_NOTICES", default=False)
LOCKPORT_REFUSED_JURISDICTIONS = env.jurisdictions("LOCKPORT_REFUSED_JURISDICTIONS", default=["US-NY"])
# Bytes of the vault's disk that recording leaves free, and what happens when no more are: "stop" recording, loudly, or
# "shorten" what is kept, the oldest first.
LOCKPORT_DISK_RESERVE = env.int("LOCKPORT_DISK_RESERVE", default=2 * 1024**3)
LOCKPORT_DISK_FULL = env.str("LOCKPORT_DISK_FULL", default="stop")
# The highest false-match rate between people of one group, where 1 in 1,000 of all pairs match by mistake.
LOCKPORT_GROUP_LIMIT = env.share("LOCKPORT_GROUP_LIMIT", default=0.01)
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
    "django.forms",
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
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.saml",
    "lockport",
    "audit",
    "retention",
    "cameras",
    "watchlist",
    "alerts",
]

MIDDLEWARE = [
    "lockport.proxies.RealAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "lockport.session_limits.SessionLimitsMiddleware",
    "lockport.signed_out.SignInFirstMiddleware",
    "lockport.second_factor.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "lockport.sign_in.CounterMiddleware",
    "audit.middleware.RequestIdMiddleware",
    "lockport.desk_zone.DeskZoneMiddleware",
    "lockport.posting.WordsFor405Middleware",
    "lockport.held.GrantsOnceMiddleware",
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

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # so that templates/ can mend the admin's own fields

DATABASES = {"default": read_database(env, LOCKPORT_DATA)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Only for sending heads to witnesses by e-mail.
vars().update(env.email_url("EMAIL_URL", default="dummymail://"))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="lockport@localhost")

REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "lockport.caching.Cache",
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

AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None  # no guardian row for strangers: a stranger has no grants
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "alerts:queue"
LOGOUT_REDIRECT_URL = "sign-in"
PASSWORD_RESET_TIMEOUT = 60 * 60  # of a welcome link; there is no other kind of link

ACCOUNT_ADAPTER = "lockport.sign_in_adapters.AccountAdapter"
ACCOUNT_FORMS = {"login": "lockport.sign_in.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]  # nobody signs up: the adapters say no
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True  # no question about it: lockport/session_limits.py ends sessions
ACCOUNT_AUTHENTICATED_LOGIN_REDIRECTS = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# A wrong answer counts against the address it came from and the account it was for. Counted in Redis: while that is
# away, nobody signs in.
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "20/5m/ip,5/5m/key", "reauthenticate": "10/m/user"}
MFA_ADAPTER = "lockport.sign_in_adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Lockport"
MFA_TOTP_TOLERANCE = 1  # of 30 seconds, for clocks and slow fingers (RFC 6238, section 5.2)
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCKPORT_DEVELOPMENT
SOCIALACCOUNT_ADAPTER = "lockport.sign_in_adapters.DistrictAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True  # a link: the content security policy forbids a form that leads to another site
SOCIALACCOUNT_PROVIDERS = sign_on_providers(env)

# Without anything done by a person a session ends after this long, at most an hour; in any case after a day.
LOCKPORT_IDLE_SECONDS = min(env.int("LOCKPORT_IDLE_SECONDS", default=60 * 60), 60 * 60)
SESSION_COOKIE_AGE = 60 * 60 * 24
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not LOCKPORT_DEVELOPMENT
if not LOCKPORT_DEVELOPMENT:
    # Browsers take cookies so named only over TLS, from this host, for all of it: none can be planted from beside.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=not LOCKPORT_DEVELOPMENT)
SECURE_HSTS_SECONDS = 0 if LOCKPORT_DEVELOPMENT else 60 * 60 * 24 * 365
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not LOCKPORT_DEVELOPMENT
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "worker-src": [SELF],  # the one that shows web push (static/lockport/push-worker.js)
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
    "DEFAULT_METADATA_CLASS": None,  # nobody learns by OPTIONS what they may not open
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.CursorPagination",
    "PAGE_SIZE": 50,
}

LANGUAGE_CODE = "en-us"  # of what is stored, and of what goes to somebody whose language is not known
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "lockport.formats"
LANGUAGE_COOKIE_NAME = "language" if LOCKPORT_DEVELOPMENT else "__Host-language"
LANGUAGE_COOKIE_AGE = 60 * 60 * 24 * 365
LANGUAGE_COOKIE_SECURE = not LOCKPORT_DEVELOPMENT
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "UTC"
USE_I18N = USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = LOCKPORT_DATA / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "retention.vault.Vault"},
    "vault": {"BACKEND": "retention.vault.Vault"},
    "ciphertexts": {"BACKEND": LOCKPORT_VAULT_STORAGE, "OPTIONS": LOCKPORT_VAULT_OPTIONS},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = LOCKPORT_DEVELOPMENT

# Uploads are photographs: small enough to stay in memory, so that none ever lies unencrypted in a temporary folder.
FILE_UPLOAD_HANDLERS = ["lockport.uploads.MemoryOnlyUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE, DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024, 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 520  # a folder of photographs, and the list that names them

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {"django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False}},
}

os.environ.setdefault("OPENCV_LOG_LEVEL", "ERROR")
