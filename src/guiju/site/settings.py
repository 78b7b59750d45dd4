"""Settings, from the environment.

GUIJU_ENV         development (default) or production
GUIJU_SECRET_KEY  needed in production
GUIJU_HOSTS       the host names served, with commas between; needed in production
DATABASE_URL      postgres://user:password@host:port/name, or sqlite:///path; default: var/guiju.db
GUIJU_VAR         the folder for the embedded database and documents; default: var
GUIJU_KEYS        the folder of the keys of this installation, on no backup medium with the
                  database; default: keys in GUIJU_VAR; needed in production
GUIJU_SIGNED      the folder of the last signed checkpoints, on a disk of this machine, on no
                  backup at all; default: signed in GUIJU_VAR
GUIJU_LOG_ORIGIN  the name of the log, a URL without scheme; default: the first host, /log
GUIJU_SECOND_SIGNER, GUIJU_SECOND_SIGNER_KEY  a program that signs what it reads, and its vkey
GUIJU_WITNESSES   a file that names witnesses of the log (C2SP tlog-policy)
GUIJU_PACKS       the folder of the packs; default: the packs that come with the software
GUIJU_CLOCK_FILE  a file that holds how many days the demo clock is ahead; unset: the real time
GUIJU_MAIL_FROM   the sender of messages
GUIJU_SMTP_HOST   where e-mail goes; unset: to the console
GUIJU_SMS_DOMAIN  the gateway that turns mail to a phone number into a short message
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

IS_PRODUCTION = os.environ.get("GUIJU_ENV", "development") == "production"
PACKS = Path(os.environ.get("GUIJU_PACKS", Path(__file__).parent.parent / "packs")).resolve()
VAR = Path(os.environ.get("GUIJU_VAR", "var")).resolve()


def _required(name: str, for_development: str) -> str:
    value = os.environ.get(name, "" if IS_PRODUCTION else for_development)
    if not value:
        raise ImproperlyConfigured(f"环境变量 {name} 没有设置:正式运行必须写明")
    return value


def _database(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        pragmas = (
            *("journal_mode=WAL", "synchronous=FULL", "journal_size_limit=67108864"),
            *("trusted_schema=OFF", "secure_delete=ON"),  # what is erased is overwritten
        )
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:]) or ":memory:",
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "".join(f"PRAGMA {pragma};" for pragma in pragmas),
            },
        }
    if parts.scheme in ("postgres", "postgresql"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path[1:],
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 600,
            "OPTIONS": dict(parse_qsl(parts.query)),
        }
    raise ImproperlyConfigured(
        f"DATABASE_URL 应为 sqlite:/// 或 postgres://,写的是 {parts.scheme}://"
    )


SECRET_KEY = _required("GUIJU_SECRET_KEY", "development-only-" + "x" * 40)
DEBUG = not IS_PRODUCTION
ALLOWED_HOSTS = _required("GUIJU_HOSTS", "*").split(",")
SITE_HOST = ALLOWED_HOSTS[0].lstrip(".").replace("*", "") or "localhost"  # names our messages
DATABASES = {"default": _database(os.environ.get("DATABASE_URL", f"sqlite:///{VAR}/guiju.db"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "guiju.site",
    "guiju.portal",
    "guiju.oversight",
    "guiju.cases",
    "guiju.powers",
    "guiju.organs",
    "guiju.record",
    "guiju.look",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "guiju.site.trouble.Trouble",  # before the next, which reads the form
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "guiju.site.middleware.clock",
    "guiju.site.middleware.content_security_policy",
]
ROOT_URLCONF = "guiju.site.urls"
WSGI_APPLICATION = "guiju.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "guiju.site.middleware.demo",
            ]
        },
    }
]

AUTH_USER_MODEL = "organs.Person"
LOGIN_URL = "/staff/login/"
LOGIN_REDIRECT_URL = "/staff/"
LOGOUT_REDIRECT_URL = "/"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LANGUAGE_CODE = "zh-hans"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
MEDIA_ROOT = VAR / "documents"
KEYS_ROOT = Path(_required("GUIJU_KEYS", str(VAR / "keys"))).resolve()
LOG_ROOT = VAR / "log"
SIGNED_ROOT = Path(os.environ.get("GUIJU_SIGNED", VAR / "signed")).resolve()
_HOST = "localhost" if ALLOWED_HOSTS[0] == "*" else ALLOWED_HOSTS[0]
LOG_ORIGIN = os.environ.get("GUIJU_LOG_ORIGIN", f"{_HOST}/log")
LOG_SECOND_SIGNER = os.environ.get("GUIJU_SECOND_SIGNER", "")
LOG_SECOND_SIGNER_KEY = os.environ.get("GUIJU_SECOND_SIGNER_KEY", "")
LOG_WITNESSES = os.environ.get("GUIJU_WITNESSES", "")
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # the table of a long chart has several thousand inputs
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_HANDLERS = [
    "guiju.cases.uploads.Bounded",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
UPLOAD_BYTES_MAX = 10 * 1024 * 1024  # one document

EMAIL_HOST = os.environ.get("GUIJU_SMTP_HOST", "")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
EMAIL_TIMEOUT = 20  # seconds for each answer of the mail server
DEFAULT_FROM_EMAIL = os.environ.get("GUIJU_MAIL_FROM", "guiju@localhost")
SMS_DOMAIN = os.environ.get("GUIJU_SMS_DOMAIN", "sms.localhost")
CLOCK_FILE = os.environ.get("GUIJU_CLOCK_FILE", "")
if IS_PRODUCTION and CLOCK_FILE:
    raise ImproperlyConfigured("正式运行不能设 GUIJU_CLOCK_FILE:演示时钟谁都能拨")

SESSION_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "guiju.portal.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
if IS_PRODUCTION:
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
