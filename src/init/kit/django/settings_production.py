"""Written by `fairlead init --production`; yours to change.

The settings of production: those of kit_settings, with what is safe laid over them. Importing it refuses what
config_production.py refuses, so that neither gunicorn nor manage.py starts on it.

    DJANGO_SETTINGS_MODULE=kit_settings_production
"""

import os
import sys
from urllib.parse import parse_qsl, unquote, urlsplit

import config_production
import monitoring
from kit_settings import *  # noqa: F403
from kit_settings import MIDDLEWARE

try:
    _settings = config_production.load()
except config_production.UnsafeSettings as unsafe:
    for _reason in unsafe.reasons:
        print(f"refused: {_reason}", file=sys.stderr)
    sys.exit(78)  # EX_CONFIG: starting it again would not help

DEBUG = False
SECRET_KEY = _settings.secret_key
ALLOWED_HOSTS = list(_settings.allowed_hosts)
CSRF_TRUSTED_ORIGINS = list(_settings.allowed_origins)
CORS_ALLOWED_ORIGINS = list(_settings.allowed_origins)

_database = urlsplit(_settings.database_url)
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _database.path.lstrip("/"),
        "USER": unquote(_database.username or ""),
        "PASSWORD": unquote(_database.password or ""),
        "HOST": _database.hostname or "",
        "PORT": str(_database.port or 5432),
        "CONN_MAX_AGE": int(os.environ.get("DB_CONN_MAX_AGE_SECONDS", "").strip() or 60),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(_database.query)),  # sslmode, sslrootcert, ...
    }
}

# The proxy ends TLS and says so; it is the only one who reaches this port.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^kit/health"]
SECURE_HSTS_SECONDS = 31536000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = True
X_FRAME_OPTIONS = "DENY"

MIDDLEWARE = list(MIDDLEWARE)
for _place, _needed in enumerate(
    (
        "django.middleware.security.SecurityMiddleware",
        "whitenoise.middleware.WhiteNoiseMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    )
):
    if _needed not in MIDDLEWARE:
        MIDDLEWARE.insert(min(_place, len(MIDDLEWARE)), _needed)

STATIC_URL = "/static/"
STATIC_ROOT = os.environ.get("STATIC_ROOT", "/app/static-files")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_URL = "/uploads/"
MEDIA_ROOT = os.environ.get("UPLOAD_DIR", "/srv/uploads")

LOGGING = monitoring.logging_settings()
