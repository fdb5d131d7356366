"""Settings, read from the environment through typed readers that fail at start with the name of the setting.

Every name is explained in docs/operations.md. Defaults are safe; secrets have none.
"""

import base64
import binascii
from pathlib import Path
from typing import Any

import structlog
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config.environment import Environment

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()


def _keyring(name: str) -> dict[str, bytes]:
    """`id:base64,id:base64`: 32-byte keys; the first one is used, the others still open what they sealed."""
    ring: dict[str, bytes] = {}
    for entry in env.list(name):
        key_id, _colon, encoded = str(entry).partition(":")
        ring[key_id] = _key(name, encoded)
    if not ring:
        raise ImproperlyConfigured(f"{name} must hold at least one id:base64 key")
    return ring


def _key(name: str, encoded: str) -> bytes:
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error as error:
        raise ImproperlyConfigured(f"{name} is not base64") from error
    if len(key) != 32:
        raise ImproperlyConfigured(f"{name} must be 32 bytes in base64, not {len(key)}")
    return key


# --- what this installation is -------------------------------------------------------------------------------------
DEBUG = env.switch("DEBUG", default=False)
DEMO = env.switch("DEMO", default=False)
TESTING = env.switch("TESTING", default=False)
BASE_URL = env.address("BASE_URL", default="http://127.0.0.1:8000")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
HTTPS = BASE_URL.startswith("https://")
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var")))
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# --- secrets -------------------------------------------------------------------------------------------------------
SECRET_KEY = env.str("SECRET_KEY")
FIELD_KEYS = _keyring("FIELD_KEYS")
DIGEST_KEY = _key("DIGEST_KEY", env.str("DIGEST_KEY"))
RECEIPT_KEYS = _keyring("RECEIPT_KEYS")
SIGNING_KEY = _key("SIGNING_KEY", env.str("SIGNING_KEY"))

# --- apps ----------------------------------------------------------------------------------------------------------
ROOMS = [
    "publications",
    "oversight",
    "certificates",
    "exams",
    "courses",
    "draws",
    "question_bank",
    "notices",
    "accounts",
    "registry",
    "core",
]
INSTALLED_APPS = [
    "config",
    *ROOMS,
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "django_filters",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_structlog",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "core.http.NulMiddleware",
    "core.http.OwnProofMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "core.http.PrivatePagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.IdleLogoutMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "accounts.middleware.ActorMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.http.RefusalMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
FORMS_URLFIELD_ASSUME_HTTPS = True
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "config.context.page_context",
            ],
        },
    },
]

# --- database: SQLite by default, PostgreSQL by DATABASE_URL ---------------------------------------------------------
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.database("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'choukao.sqlite3'}"),
}
_database = DATABASES["default"]
if _database["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE: with the default mode concurrent writers get "database is locked". FULL: answers survive power loss.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
else:
    INSTALLED_APPS.append("procrastinate.contrib.django")
    _database["CONN_MAX_AGE"] = 0
    _database["OPTIONS"] = {
        "pool": {"min_size": 1, "max_size": env.number("DATABASE_POOL_SIZE", default=10, at_least=1), "timeout": 10},
        # Only cursors that bind in the server prepare (exams.queries.journal); a pooler in between may not carry that.
        "prepare_threshold": None if env.switch("BEHIND_PGBOUNCER", default=False) else 0,
    }
    _database["DISABLE_SERVER_SIDE_CURSORS"] = env.switch("BEHIND_PGBOUNCER", default=False)

CACHES = {"default": env.shared_cache("CACHE_URL", default="dbcache://choukao_cache")}

# --- background work -------------------------------------------------------------------------------------------------
QUEUE_BACKENDS = {
    "immediate": "core.queue.run_immediately",
    "thread": "core.queue.run_in_thread",
    "procrastinate": "core.procrastinate_backend.defer",
}
QUEUE = env.str("QUEUE", default="thread" if _database["ENGINE"].endswith("sqlite3") else "procrastinate")
if QUEUE not in QUEUE_BACKENDS:
    raise ImproperlyConfigured(f"QUEUE must be one of {', '.join(QUEUE_BACKENDS)}, not {QUEUE!r}")

# --- signing in --------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
ACTOR_OF_USER = "accounts.queries.actor_for_user_id"  # for jobs of rooms below accounts (core.actor)
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]  # nobody signs up; the phone is the register's to change
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "request_login_code": "accounts.forms.CodeRequestForm",
    "confirm_login_code": "accounts.forms.CodeForm",
    "change_password": "accounts.forms.PasswordChangeForm",
    "set_password": "accounts.forms.PasswordSetForm",
    "reset_password": "accounts.forms.PasswordResetForm",
    "reset_password_from_key": "accounts.forms.PasswordResetKeyForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 300
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
# A hall signs in through one address: limits are strict for an account and wide for an address (stack.md, finding 7).
ACCOUNT_RATE_LIMITS = {
    "login": env.sign_in_rate("LOGIN_LIMIT_PER_ADDRESS", default="600/m/ip"),
    "login_failed": env.sign_in_rate("LOGIN_FAILED_LIMIT", default="300/m/ip,5/5m/key"),
    "request_login_code": env.sign_in_rate("LOGIN_CODE_LIMIT", default="300/m/ip,3/m/key"),
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXY_COUNT", default=0)
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "accounts.forms.FactorForm",
    "reauthenticate": "accounts.forms.FactorReauthenticateForm",
    "activate_totp": "accounts.forms.TotpForm",
    "add_webauthn": "accounts.forms.PasskeyForm",
    "edit_webauthn": "accounts.forms.PasskeyNameForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG or DEMO
MFA_TOTP_ISSUER = "抽考"
MFA_TOTP_TOLERANCE = 1  # a phone may be half a minute off
STAFF_MFA_REQUIRED = env.switch("STAFF_MFA_REQUIRED", default=not DEMO)
USERSESSIONS_TRACK_ACTIVITY = False  # a write at every request; accounts.middleware notes it once a minute
SESSION_IDLE_SECONDS = env.number("SESSION_IDLE_SECONDS", default=1800, at_least=60)
SMS_CHANNEL = env.dotted(
    "SMS_CHANNEL",
    default="core.channels.DatabaseChannel" if DEMO else "core.channels.ConsoleChannel",
)
SMS_URL = env.address("SMS_URL")
SMS_KEY = env.str("SMS_KEY", default="")
SMS_SECRET = env.str("SMS_SECRET", default="")
SMS_SIGN = env.str("SMS_SIGN", default="")
SMS_TEMPLATE = env.str("SMS_TEMPLATE", default="")
CHAT_CHANNEL = env.dotted("CHAT_CHANNEL", default="")
CHAT_URL = env.address("CHAT_URL")
CHAT_KEY = env.str("CHAT_KEY", default="")
CHAT_SECRET = env.str("CHAT_SECRET", default="")
CHAT_AGENT = env.str("CHAT_AGENT", default="0")
REMINDER_DAYS = env.numbers("REMINDER_DAYS", default=[3, 1])
if not all(0 < days <= 60 for days in REMINDER_DAYS):
    raise ImproperlyConfigured("REMINDER_DAYS must be days before a sitting, each from 1 to 60")
# Check-in photos serve the identity of one sitting; after its appeals they have no purpose any more.
PHOTO_KEEP_DAYS = env.number("PHOTO_KEEP_DAYS", default=60, at_least=1)
vars().update(env.mail_server("EMAIL_URL", default="consolemail://"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="choukao@localhost")

# --- the browser's side of security ------------------------------------------------------------------------------------
SESSION_COOKIE_NAME = "__Host-sid" if HTTPS else "sid"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
# The answer protocol is authorised by the attempt's own cookie (docs/answers.md).
OWN_PROOF_PATHS = r"/sit/(drill/)?[0-9a-f]{32}/(open|events|have|submit|beat|fault)"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
if env.switch("BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "config.views.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    },
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: []
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "microphone",
        "payment",
        "usb",
    )
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024
UPLOAD_MAX_BYTES = env.number("UPLOAD_MAX_BYTES", default=20 * 1024 * 1024, at_least=1024)

# --- language and time -------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_TZ = True
TIME_ZONE = env.time_zone("TIME_ZONE", default="Asia/Shanghai")
FORMAT_MODULE_PATH = ["config.formats"]

# --- files ---------------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(DATA_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(DATA_DIR / "media")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
    },
}
WHITENOISE_USE_FINDERS = DEBUG or TESTING
# source maps are large, compressing them takes most of the time, and hardly anybody asks for one
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["jpg", "jpeg", "png", "webp", "gz", "br", "zip", "woff", "woff2", "ttf", "map"]

# --- API -----------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        # The first one's challenge answers those without credentials: 401, and how to do better.
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "core.pagination.StrictPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "PAGE_SIZE": 50,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "core.http.api_exception_handler",
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {
        "anon": env.api_rate("API_LIMIT_ANONYMOUS", default="600/min"),
        "user": env.api_rate("API_LIMIT_USER", default="3000/min"),
    },
    "NUM_PROXIES": ALLAUTH_TRUSTED_PROXY_COUNT,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "抽考 Choukao API",
    "DESCRIPTION": "Public score data and draw files without login; lists and actions for signed-in people and tokens.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "DrawStateEnum": "draws.models.DrawState",
        "DecisionStateEnum": "draws.models.Enlargement.State",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.schema.document_refusals",
    ],
}

# --- logs: data on standard error; core.logs strips what is private -----------------------------------------------------------
LOG_LEVEL = env.log_level("LOG_LEVEL", default="WARNING" if TESTING else "INFO")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "data": {
            "()": "structlog.stdlib.ProcessorFormatter",
            "processor": structlog.processors.JSONRenderer(ensure_ascii=False),
            "foreign_pre_chain": [
                structlog.contextvars.merge_contextvars,
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.TimeStamper(fmt="iso"),
            ],
        },
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "data", "filters": ["private"]}},
    "filters": {"private": {"()": "core.logs.PrivateDataFilter"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "django.server": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
    },
}
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=not TESTING,
)

if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
