"""Settings. Everything that differs between places comes from the environment; nothing depends on where a command is started.

CIVICLOOP_DATABASE_URL   sqlite:////path/file.sqlite3 or postgresql://user:password@host/name
CIVICLOOP_DATA_DIR       photos, seals, exports and the default SQLite file live here (default: `var/` of the checkout)
CIVICLOOP_SECRET_KEY     signing key; without it one is made and kept in the data folder
CIVICLOOP_HOSTS          comma list of host names the site answers to
CIVICLOOP_HTTPS          "1" where a proxy ends TLS in front of us
CIVICLOOP_PHOTO_STORAGE  "s3://bucket" for an S3-compatible store (see docs/howto/photos.md), else the data folder
CIVICLOOP_BASE_MAP       the ground under the map: none, pmtiles:…, tianditu:KEY, xyz:… (see docs/howto/base-maps.md);
                         with CIVICLOOP_BASE_MAP_DATUM (wgs84, gcj02) and CIVICLOOP_BASE_MAP_NOTE (审图号, source)
CIVICLOOP_NOTIFY_MAIL    address of the mail channel with {to} in it (see docs/howto/notifications.md), e.g. mailtos://…&to={to}
CIVICLOOP_NOTIFY_SMS     address of the text message gateway with {to} in it, e.g. jsons://…?:phone={to}
CIVICLOOP_PUBLIC_URL     where people reach the site, without a slash at the end; put into messages
CIVICLOOP_PORTAL_CHECK   class that tells people from machines on the residents' pages (see docs/adr/0036); proof of work by default
CIVICLOOP_DEBUG          "1" shows tracebacks; never in production
"""

from __future__ import annotations

import os
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from civicloop.secretkey import secret_key
from civicloop.web.ui.basemap import base_map

PACKAGE = Path(__file__).resolve().parent
DATA_DIR = Path(os.environ.get("CIVICLOOP_DATA_DIR") or PACKAGE.parent / "var").resolve()
DATABASE_URL = os.environ.get("CIVICLOOP_DATABASE_URL") or f"sqlite:///{DATA_DIR / 'civicloop.sqlite3'}"

DEBUG = os.environ.get("CIVICLOOP_DEBUG") == "1"
SECRET_KEY = os.environ.get("CIVICLOOP_SECRET_KEY") or secret_key(DATA_DIR)
ALLOWED_HOSTS = [h for h in os.environ.get("CIVICLOOP_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",") if h]
HTTPS = os.environ.get("CIVICLOOP_HTTPS") == "1"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_q",
    "axes",
    "csp",
    "civicloop.ledger",
    "civicloop.organisation",
    "civicloop.photos",
    "civicloop.standards",
    "civicloop.loops",
    "civicloop.cases",
    "civicloop.inspection",
    "civicloop.textintake",
    "civicloop.volunteers",
    "civicloop.residents",
    "civicloop.surveys",
    "civicloop.publicity",
    "civicloop.fieldwork",
    "civicloop.scoring",
    "civicloop.insight",
    "civicloop.documents",
    "civicloop.notify",
    "civicloop.importing",
    "civicloop.api",
    "civicloop.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "civicloop.web.statics.Statics",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "civicloop.web.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "civicloop.web.refusals.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "civicloop.urls"
WSGI_APPLICATION = "civicloop.wsgi.application"
AUTH_USER_MODEL = "organisation.Person"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "desk:login"
LOGIN_REDIRECT_URL = "desk:today"
LOGOUT_REDIRECT_URL = "desk:login"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "civicloop.web.context.desk",
            ]
        },
    }
]

DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=600)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    HOUSE_OPTIONS = {
        # The write lock is taken when a transaction begins, so that a step never fails half-way for want of it.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456;",
    }
else:
    # Statements that come again are prepared on the server, which then need not read them anew. It still plans them for the
    # values given: a plan for values unknown would be the wrong one for rare words and small units.
    # Nothing is compiled for one statement: the counts of a page took three times as long with it, most of that to compile them.
    HOUSE_OPTIONS = {
        "server_side_binding": True,
        "prepare_threshold": 3,
        "options": "-c plan_cache_mode=force_custom_plan -c jit=off",
    }
# What the address itself says (?sslmode=require) goes before.
DATABASES["default"]["OPTIONS"] = {**HOUSE_OPTIONS, **DATABASES["default"].get("OPTIONS", {})}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_PACKED = DATA_DIR / "static-packed"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
PHOTO_STORAGE = os.environ.get("CIVICLOOP_PHOTO_STORAGE", "")

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 12 * 3600
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
X_FRAME_OPTIONS = "DENY"
BASE_MAP = base_map(
    os.environ.get("CIVICLOOP_BASE_MAP", ""), os.environ.get("CIVICLOOP_BASE_MAP_DATUM", ""),
    os.environ.get("CIVICLOOP_BASE_MAP_NOTE", ""),
)  # fmt: skip
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:", *BASE_MAP.hosts],
        "media-src": [SELF],
        "worker-src": [SELF],
        "connect-src": [SELF, *BASE_MAP.hosts],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 200  # ODK Collect sends a form with up to 100 photos in one piece

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # the ledger keeps log-ins
AXES_LOCKOUT_CALLABLE = "civicloop.web.desk.entrance.locked_out"

# retry must exceed timeout, or a slow job is started twice; a job whose worker was killed is taken again after `retry`.
Q_CLUSTER = {
    "name": "civicloop",
    "orm": "default",
    "workers": int(os.environ.get("CIVICLOOP_WORKERS", "2")),
    "timeout": 300,
    "retry": int(os.environ.get("CIVICLOOP_JOB_RETRY", "360")),
    "max_attempts": 10,
    "poll": 0.5,
    "bulk": 50,
    "broker_class": "civicloop.jobs.lending.Lending",
    # Jobs done well leave no row: django-q would read all it keeps for every job. Those that failed are kept.
    "save_limit": -1,
    "ack_failures": False,
    "catch_up": False,
    "label": "CivicLoop",
}
CIVICLOOP_JOBS_RUN = os.environ.get("CIVICLOOP_JOBS_RUN", "queue")
CIVICLOOP_NOTIFY_MAIL = os.environ.get("CIVICLOOP_NOTIFY_MAIL", "")
CIVICLOOP_NOTIFY_SMS = os.environ.get("CIVICLOOP_NOTIFY_SMS", "")
CIVICLOOP_PUBLIC_URL = os.environ.get("CIVICLOOP_PUBLIC_URL", "").rstrip("/")
CIVICLOOP_WIRING = "civicloop.wiring.LISTENERS"
CIVICLOOP_MATTERS = "civicloop.wiring.MATTERS"
CIVICLOOP_PORTAL_CHECK = os.environ.get("CIVICLOOP_PORTAL_CHECK") or "civicloop.web.portal.proof.ProofOfWork"
SILENCED_SYSTEM_CHECKS = ["axes.W006"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"scrub": {"()": "civicloop.api.openrosa.scrub.Scrub"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["scrub"]}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # The library that sends messages logs whole addresses, with the telephone number in them.
    "loggers": {"civicloop": {"level": "INFO"}, "apprise": {"level": "ERROR"}},
}
