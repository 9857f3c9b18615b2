"""Settings: one file, from the environment only. `.env.example` lists every variable.

Without DATABASE_URL the running demo's servers are joined (`.data/env`); under pytest a throwaway cluster is started.
"""

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from django.contrib.messages import constants as levels

from config.environment import Environment, refuse
from config.logs import configure_structlog

BASE_DIR = Path(__file__).resolve().parent.parent
UNDER_TEST = "pytest" in sys.modules

env = Environment()
DATA_DIR = Path(env("DATA_DIR", default=str(BASE_DIR / ".data")))

if UNDER_TEST:
    os.environ.update(DEMO="0", SECRET_KEY="a key for the tests, long enough to pass for a real one")  # noqa: S106
    if "DATABASE_URL" not in os.environ:  # the first process starts the servers, its workers inherit the addresses
        from config import embedded

        os.environ.update(embedded.start_postgres(throwaway=True, durable=False))
        os.environ["REDIS_URL"] = embedded.start_valkey()
elif "DATABASE_URL" not in os.environ and (DATA_DIR / "env").exists():
    Environment.read_env(DATA_DIR / "env")


DEMO = env.bool("DEMO", default="DATABASE_URL" not in os.environ)
DEBUG = env.bool("DEBUG", default=False)
RELOAD = env.bool("RELOAD", default=False)
SECRET_KEY = env("SECRET_KEY", default="")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
BASE_URL = env("BASE_URL", default="http://localhost:8000")
HERE = ["localhost", "127.0.0.1"]
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=HERE if DEMO else [urlsplit(BASE_URL).hostname])
CSRF_TRUSTED_ORIGINS = [BASE_URL]
TRUSTED_PROXIES = ALLAUTH_TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXIES", default=0)

DATABASES = {"default": env.database("DATABASE_URL", default="postgresql://nobody@127.0.0.1:1/none")}
if "DATABASE_OWNER_URL" in os.environ:
    DATABASES["owner"] = env.database("DATABASE_OWNER_URL")
# A server that is gone without a word, its machine switched off say, is noticed. How long one that is there may take:
# config/time_limits.py
DATABASES["default"]["OPTIONS"] = {
    "connect_timeout": 3,  # seconds
    "tcp_user_timeout": 10_000,  # milliseconds
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
} | DATABASES["default"].get("OPTIONS", {})
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True  # a pooler in transaction mode would hand one to others
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if "owner" in DATABASES:
    DATABASES["default"]["TEST"] = {"MIRROR": "owner"}
REDIS_URL = env.broker("REDIS_URL", default="redis://127.0.0.1:6379/0")
if UNDER_TEST:  # tests that run side by side have a broker each
    REDIS_URL = f"{REDIS_URL.rpartition('/')[0]}/{os.environ.get('PYTEST_XDIST_WORKER', 'gw0')[2:]}"

if not DEMO and not UNDER_TEST:
    if len(SECRET_KEY) < 50:
        refuse("SECRET_KEY is missing or shorter than 50 characters. Set a long random one.")
    mail = urlsplit(env("EMAIL_URL", default=""))
    if mail.scheme == "smtp" and mail.password:
        refuse("EMAIL_URL would send its password readably. Write smtp+tls://user:password@host:587.")
    if "*" in ALLOWED_HOSTS:
        refuse("ALLOWED_HOSTS is `*`. Name the hosts the site answers to.")
    if not os.environ.get("DATABASE_URL"):
        refuse("DATABASE_URL is missing. Name the database, or set DEMO=1 and use bin/start.")
    if (DATA_DIR / "env").exists() and os.environ["DATABASE_URL"] in (DATA_DIR / "env").read_text():
        refuse("DATABASE_URL is the demo's embedded database. Name a real one, or set DEMO=1.")
    for name in (
        "BASE_URL",
        "EMAIL_URL",
        "ASSOCIATION_NAME",
        "ASSOCIATION_STREET",
        "ASSOCIATION_POSTCODE",
        "ASSOCIATION_TOWN",
        "CREDITOR_IBAN",
        "CREDITOR_QR_IBAN",
    ):
        if not os.environ.get(name):  # or letters and bills would bear a made-up name and account
            refuse(f"{name} is missing. The file .env.example says what it is; a demo (DEMO=1) makes it up.")
    if not BASE_URL.startswith("https://"):
        refuse("BASE_URL is no https address. Write the one that people type, such as https://weitergabe.example.org.")
SECRET_KEY = SECRET_KEY or "a demo without a key of its own answers nobody; bin/start writes a real one"
# Of the marks by which a second request for one person is noticed; a change of it forgets those made so far.
GUARD_KEY = env("GUARD_KEY", default="") or f"guard {SECRET_KEY}"

INSTALLED_APPS = [
    "demo",
    "config",
    "billing",
    "shipping",
    "requests",
    "devices",
    "partners",
    "documents",
    "jobs",
    "people",
    "web",
    "records",
    "help",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "csp",
    "phonenumber_field",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "csp.middleware.CSPMiddleware",  # these three before whatever may answer by itself
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.locale.LocaleMiddleware",  # before whatever may fail: it is said in the reader's language
    "config.middleware.NoStoreMiddleware",
    "django.middleware.common.CommonMiddleware",
    "config.middleware.HealthMiddleware",
    "config.map.middleware.KeptMapMiddleware",
    "config.middleware.CharsetMiddleware",
    "config.middleware.SizeMiddleware",
    "config.middleware.OwnSessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "config.middleware.PersonMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "config.middleware.PersonLanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "partners.middleware.ActingForMiddleware",
    "config.middleware.RefusedMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.User"

TEMPLATE_LOADERS = ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            # Without a word about them Django keeps what it has read, whatever DEBUG says.
            "loaders": TEMPLATE_LOADERS if RELOAD else [("django.template.loaders.cached.Loader", TEMPLATE_LOADERS)],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "config.navigation.navigation",
            ],
        },
    }
]

# A message's tag is the tone of the note that shows it.
MESSAGE_TAGS = {levels.INFO: "", levels.SUCCESS: "done", levels.WARNING: "wait", levels.ERROR: "stop"}

LANGUAGES = [("de", "Deutsch"), ("fr", "Français"), ("it", "Italiano"), ("en", "English")]
LANGUAGE_CODE = "en"
RECIPIENTS = BASE_DIR / "templates" / "public"  # the pages for whoever asks for a laptop, with sentences of their own
# Ours, then Django’s and allauth’s in our words.
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "borrowed", RECIPIENTS / "locale"]
# In which languages these pages are offered: of those that are translated, what somebody has read over.
RECIPIENT_LANGUAGES = env.list("RECIPIENT_LANGUAGES", default=["de", "fr", "it", "en", "uk", "ar"])
TIME_ZONE = "Europe/Zurich"
USE_TZ = True
FORMAT_MODULE_PATH = "config.formats"
PHONENUMBER_DEFAULT_REGION = "CH"

STATIC_URL = "/static/"
STATIC_ROOT = env("STATIC_ROOT", default=str(DATA_DIR / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "web.static_files.StaticFiles"},
}
WHITENOISE_IMMUTABLE_FILE_TEST = r"\.[0-9a-f]{12}\."  # the name tells: asking for each file's would slow the start
if UNDER_TEST:  # nothing is collected there: the files are served from where they lie
    STATIC_ROOT, STATICFILES_DIRS = BASE_DIR / "static", []
if UNDER_TEST or RELOAD:
    STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
if RELOAD:  # from where they lie, and browsers ask each time
    WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
    WHITENOISE_MAX_AGE = 0
MEDIA_ROOT = env("MEDIA_ROOT", default=str(DATA_DIR / "media"))

# Sign-in by e-mail address: password, code by mail, passkeys, TOTP.
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/home/"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_ADAPTER = "documents.account_adapter.AccountAdapter"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_CHANGE_EMAIL = True  # one address per person: who adds a second one could wait there for its owner's invitation
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True  # typed where it was asked for: a link confirms for somebody else
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True  # who follows an invitation and chooses a password is in
ACCOUNT_EMAIL_NOTIFICATIONS = True
# By place, never by address alone: else a stranger elsewhere locks its owner out. Failed sign-ins: see the adapter.
ACCOUNT_RATE_LIMITS = {
    "request_login_code": "10/m/ip,60/h/ip",
    "reset_password": "10/m/ip,60/h/ip",
    # Counted where signing in is:
    "join": "10/m/ip,30/h/ip",
    "help_feedback": "10/m/ip,60/h/ip",
    "commune_letter": "20/h/ip",  # config/map/letters.py
    # By place and link, as many sit before one tablet of an office: requests/views/ask.py
    "ask_page": "40/m/key,600/h/key",
    "ask_send": "5/m/key,40/h/key",
}
MFA_ADAPTER = "people.second_factor.MFAAdapter"
MFA_FORMS = {"add_webauthn": "people.forms.AddPasskeyForm", "edit_webauthn": "people.forms.EditPasskeyForm"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
if UNDER_TEST:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

EMAIL_TIMEOUT = 20  # seconds: a mail server that says nothing must hold neither a page nor a worker
EMAIL_CONFIG = env.mail("EMAIL_URL", default="filemail://")
vars().update(EMAIL_CONFIG)
EMAIL_FILE_PATH = str(DATA_DIR / "mail")
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Weitergabe <hello@weitergabe.example.org>")

CACHES = {
    # The limits on signing in: they hold, and people get in, while Redis is away. Too many rows for anybody to fill
    # within those limits, or whoever did would have other people's forgotten.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "people_limit",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    "quick": {  # counts every call of a program
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 0.3, "socket_timeout": 0.3},  # seconds
    },
    # What public pages count and what readers are told, in each process: nothing is asked of anybody for it, and
    # nothing can be away.
    "figures": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "figures",
        "OPTIONS": {"MAX_ENTRIES": 10_000},  # sorts of readers; beyond, figures would be counted again
    },
}
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False  # its log goes through our formatter, too
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 110  # seconds: work that never ends would have its lease renewed for ever
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000  # kB
CELERY_TASK_PUBLISH_RETRY = False  # the sweep rings again
# One try: a page must not wait for a broker that is away.
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 1, "socket_timeout": 5, "max_retries": 0}

# Security: strict by default; a demo speaks plain http on this machine only.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
LARGEST_BODY = 40 * 1024 * 1024  # bytes; a form says itself how large a file may be, 36 MB at most
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # a month's drafts are ticked one by one: 1,000 communes, twenty times over
SECURE_REFERRER_POLICY = "same-origin"
SESSION_ENGINE = "partners.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
if not DEMO and not UNDER_TEST:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz/$"]  # asked on this machine, behind the proxy
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    if TRUSTED_PROXIES:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"discreet": {"()": "config.logs.DiscreetFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "discreet"}},
    "root": {"handlers": ["console"], "level": env.level("LOG_LEVEL", default="WARNING")},
    # Its warnings quote the letters that a font lacks, and these are somebody's name.
    "loggers": {"weasyprint": {"handlers": ["console"], "level": "ERROR", "propagate": False}},
}
configure_structlog()

# The association, and first values of dated records. A real site names what is printed, or it is not printed.
MADE_UP = DEMO or UNDER_TEST
ASSOCIATION = {
    "name": env("ASSOCIATION_NAME", default="Verein Weitergabe"),
    "street": env("ASSOCIATION_STREET", default="Werkgasse"),
    "house_number": env("ASSOCIATION_HOUSE_NUMBER", default="8" if MADE_UP else ""),
    "postcode": env("ASSOCIATION_POSTCODE", default="3018"),
    "town": env("ASSOCIATION_TOWN", default="Bern"),
    "country": "CH",
    "uid": env("ASSOCIATION_UID", default=""),
    "email": env("ASSOCIATION_EMAIL", default="rechnung@weitergabe.example.org" if MADE_UP else ""),
    "phone": env("ASSOCIATION_PHONE", default="+41315550140" if MADE_UP else ""),
}
CREDITOR_IBAN = env("CREDITOR_IBAN", default="CH5800791123000889012")
CREDITOR_QR_IBAN = env("CREDITOR_QR_IBAN", default="CH4431999123000889012")
CREDITOR_REFERENCE_PREFIX = env("CREDITOR_REFERENCE_PREFIX", default="")
VAT_STATUS = env("VAT_STATUS", default="")
RETENTION_DAYS = env.number("RETENTION_DAYS", default=90)
ANSWER_DAYS = env.number("ANSWER_DAYS", default=3)

# Deny by default: a view that names no token and no role of its own lets in nobody.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_THROTTLE_RATES": {"token": "600/minute"},
    "EXCEPTION_HANDLER": "web.api.problem",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Weitergabe",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "POSTPROCESSING_HOOKS": ["config.api.describe"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"validatorUrl": None, "tryItOutEnabled": True, "defaultModelsExpandDepth": 0},
}
