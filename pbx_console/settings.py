"""All settings, from the environment; the same module for demo, tests and production."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.schedule import BEAT as ACCOUNTS_BEAT
from pbx_console.branding.schedule import BEAT as BRANDING_BEAT
from pbx_console.lib import env
from pbx_console.metering.schedule import BEAT as METERING_BEAT
from pbx_console.pbx.schedule import BEAT as PBX_BEAT
from pbx_console.provisioning.schedule import BEAT as PHONES_BEAT

BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = env.text("PBX_SECRET_KEY")
FIELD_KEY = env.text("PBX_FIELD_KEY")
DEBUG = env.boolean("PBX_DEBUG", default=False)
DATA_DIR = Path(env.text("PBX_DATA_DIR"))
JOURNAL_DIR = Path(env.text("PBX_JOURNAL_DIR"))
# Shared with Asterisk: what it plays (we write), where messages lie (it writes).
SOUNDS_DIR = Path(env.text("PBX_SOUNDS_DIR", str(DATA_DIR / "sounds")))
VOICEMAIL_DIR = Path(env.text("PBX_VOICEMAIL_DIR", str(DATA_DIR / "voicemail")))
# What Asterisk records, and where the console keeps it; nothing serves either.
RECORDING_SPOOL_DIR = Path(
    env.text("PBX_RECORDING_SPOOL_DIR", str(DATA_DIR / "recording-spool"))
)
RECORDINGS_DIR = DATA_DIR / "recordings"
PUBLIC_SCHEME = env.text("PBX_PUBLIC_SCHEME", "https")
PUBLIC_PORT = env.text("PBX_PUBLIC_PORT", "")
SIP_DOMAIN = env.text("PBX_SIP_DOMAIN", "localhost")
SIP_PORT = env.integer("PBX_SIP_PORT", 5060)
SIP_TLS_PORT = env.integer("PBX_SIP_TLS_PORT", 5061)
# What desk phones are told, where nothing is said for one (docs/phones.md).
# brand: the main host of the reseller; house: PBX_SIP_DOMAIN.
PHONE_SERVER = env.text("PBX_PHONE_SERVER", "brand")
PHONE_TRANSPORT = env.text(
    "PBX_PHONE_TRANSPORT", "tls" if PUBLIC_SCHEME == "https" else "udp"
)
PHONE_WEB = env.text("PBX_PHONE_WEB", "off")
PHONE_TIME_SERVER = env.text("PBX_PHONE_TIME_SERVER", "")
PHONE_TLS_ONLY = env.boolean("PBX_PHONE_TLS_ONLY", default=PUBLIC_SCHEME == "https")
# Makers' certificates, checked by the proxy (deploy/Caddyfile), stand for a window.
PHONE_CERTIFICATES = env.boolean("PBX_PHONE_CERTIFICATES", default=False)
# Whose signatures on carriers' certificates count; empty: the machine's own list.
SIP_AUTHORITIES = env.text("PBX_SIP_AUTHORITIES", "")
NODE = env.text("PBX_NODE", "pbx1")

# Hosts are checked against the table of brand domains by branding's middleware.
ALLOWED_HOSTS = ["*"]
USE_X_FORWARDED_HOST = False
if env.boolean("PBX_BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Host names of resellers: their zone, where own domains must lead, whom to ask about them.
PLATFORM_ZONE = env.text("PBX_PLATFORM_ZONE", "").lower().strip(".") or "localhost"
PUBLIC_NAME = env.text("PBX_PUBLIC_NAME", "").lower().strip(".")
PUBLIC_ADDRESSES = env.listing("PBX_PUBLIC_ADDRESSES")
DNS_SERVERS = env.listing("PBX_DNS_SERVERS")  # host:port; none: the machine's own
SPF_INCLUDE = env.text("PBX_SPF_INCLUDE", "")
DKIM_SELECTORS = env.listing("PBX_DKIM_SELECTORS")
DKIM_ZONE = env.text("PBX_DKIM_ZONE", "")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "django_otp_webauthn",
    "django_htmx",
    "channels",
    "csp",
    "pbx_console.accounts",
    "pbx_console.asterisk",
    "pbx_console.branding",
    "pbx_console.pbx",
    "pbx_console.metering",
    "pbx_console.provisioning",
    "pbx_console.live",
    "pbx_console.console",
    "pbx_console.api",
    "pbx_console.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "pbx_console.branding.middleware.BrandMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "pbx_console.accounts.middleware.SignedInMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "pbx_console.accounts.middleware.ScopeMiddleware",
    "pbx_console.branding.middleware.DraftMiddleware",
    "pbx_console.console.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "pbx_console.urls"
ASGI_APPLICATION = "pbx_console.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "pbx_console.branding.context_processors.brand",
                "pbx_console.console.context_processors.page",
            ]
        },
    }
]


def _database(name: str) -> dict[str, Any]:
    """Our backend tells PostgreSQL the scope; both schemas are on the path."""
    parts = env.database(name)
    # A client that vanished in a transaction must not keep its locks for ever.
    path = (
        "-c search_path=public,asterisk -c statement_timeout=60s"
        " -c idle_in_transaction_session_timeout=60s"
    )
    parts["OPTIONS"] = {"options": path, "connect_timeout": 3, **parts["OPTIONS"]}
    return {
        "ENGINE": "pbx_console.accounts.postgresql",
        "CONN_HEALTH_CHECKS": True,
    } | parts


_LOGIN = {"owner": "DATABASE_OWNER_URL"}
DATABASES = {
    "default": _database(
        _LOGIN.get(env.text("PBX_DB_LOGIN", "console"), "DATABASE_URL")
    )
    | {"CONN_MAX_AGE": 60}
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["pbx_console.accounts.backends.RealmBackend"]
# W004: an address is unique inside one realm only; RealmBackend looks there.
# E030: the only origin of a passkey is the host that was asked (accounts.webauthn).
SILENCED_SYSTEM_CHECKS = ["auth.W004", "otp_webauthn.E030"]
OTP_WEBAUTHN_HELPER_CLASS = "pbx_console.accounts.webauthn.BrandHelper"
OTP_WEBAUTHN_RP_ID_CALLABLE = "pbx_console.accounts.webauthn.host_of"
OTP_WEBAUTHN_RP_NAME_CALLABLE = "pbx_console.accounts.webauthn.name_of"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
    )
] + [
    {"NAME": "pbx_console.accounts.passwords.MaximumLengthValidator"},
    {"NAME": "pbx_console.accounts.passwords.OwnWordsValidator"},
    {"NAME": "pbx_console.accounts.passwords.GuessableValidator"},
    {"NAME": "pbx_console.branding.passwords.ProductNameValidator"},
]
PBX_MAILER = "pbx_console.branding.mail.send"
# docs/mail.md: SMTP by an address, or one of django-anymail's backends with its options.
EMAIL_BACKEND = env.text(
    "PBX_MAIL_BACKEND", "pbx_console.branding.mail.transport.SmtpBackend"
)
ANYMAIL = env.mapping("PBX_MAIL_OPTIONS") | {"REQUESTS_TIMEOUT": 20}
SMTP = env.smtp("PBX_SMTP_URL")
EMAIL_HOST, EMAIL_PORT = SMTP["host"], SMTP["port"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = SMTP["user"], SMTP["password"]
EMAIL_USE_TLS, EMAIL_USE_SSL = SMTP["starttls"], SMTP["tls"]
EMAIL_TIMEOUT = 20  # seconds
LOGIN_URL = "console:sign_in"
OTP_LOGIN_URL = "console:second_factor"
SESSION_ENGINE = "pbx_console.accounts.sessions"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_SCHEME == "https"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_NAME = "__Host-session" if SESSION_COOKIE_SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if CSRF_COOKIE_SECURE else "csrf"
CSRF_FAILURE_VIEW = "pbx_console.console.views.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31536000 if PUBLIC_SCHEME == "https" else 0
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

REDIS_URL = env.text("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "cache",
    }
}
# The core layer drops idle sockets with redis-py 8 (channels_redis issue 422).
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL]},
    }
}
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 5, "socket_connect_timeout": 2}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 900
# A save never waits for a broker that is away: beat sweeps what is pending.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BEAT_SCHEDULE = (
    ACCOUNTS_BEAT | BRANDING_BEAT | METERING_BEAT | PBX_BEAT | PHONES_BEAT
)
CELERY_IMPORTS = [
    "pbx_console.branding.domain_tasks",
    "pbx_console.pbx.daily_tasks",
    "pbx_console.pbx.schedule_lamps",
]
CELERY_TIMEZONE = "UTC"

AMI_HOST = env.text("PBX_AMI_HOST", "127.0.0.1")
AMI_PORT = env.integer("PBX_AMI_PORT", 5038)
AMI_READER = (
    env.text("PBX_AMI_READER_USER", "reader"),
    env.text("PBX_AMI_READER_SECRET"),
)
AMI_WRITER = (
    env.text("PBX_AMI_WRITER_USER", "writer"),
    env.text("PBX_AMI_WRITER_SECRET"),
)

# Addresses that try passwords or accounts: points until a ban (a wrong password is one, an
# account that does not exist three), networks that are never banned, and a file that the
# machine's packet filter reads (docs/bans.md); empty: Asterisk alone refuses.
BAN_POINTS = env.integer("PBX_BAN_POINTS", 30)
NEVER_BANNED = env.listing("PBX_NEVER_BANNED")
BANS_FILE = env.text("PBX_BANS_FILE", "")

LANGUAGE_CODE = "en"
LANGUAGES = [("de", _("German")), ("en", _("English")), ("nl", _("Dutch"))]
LOCALE_PATHS = [BASE_DIR / "pbx_console" / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("PBX_STATIC_DIR", str(BASE_DIR / "var" / "static")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "pbx_console.console.storage.StaticFiles"},
}
WHITENOISE_USE_FINDERS = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "pbx_console.lib.masking.MaskedFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.text("PBX_LOG_LEVEL", "INFO")},
    # However uvicorn was started: addresses of phones are secrets.
    "loggers": {"uvicorn.access": {"handlers": [], "propagate": False}},
}
