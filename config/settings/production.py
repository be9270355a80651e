"""Production: every secret comes from the environment, and the start stops where one is missing."""

from config import environ

from .base import *  # noqa: F403
from .base import DATABASE_OPTIONS, PROCESS

SECRET_KEY = environ.text("SECRET_KEY")
FIELD_KEYS = environ.words("FIELD_KEYS")
PUBLIC_URL = environ.text("PUBLIC_URL").rstrip("/")
WAGTAILADMIN_BASE_URL = PUBLIC_URL
ALLOWED_HOSTS = environ.words("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
# Three roles: the owner migrates, `app` serves and works, `audit` only reads (config.roles).
_ADDRESS = {"owner": "MIGRATIONS_DATABASE_URL", "audit": "AUDIT_DATABASE_URL"}.get(PROCESS, "DATABASE_URL")
DATABASES = {"default": environ.database(environ.text(_ADDRESS), options=DATABASE_OPTIONS)}
EMAIL_HOST = environ.text("EMAIL_HOST")
EMAIL_PORT = environ.number("EMAIL_PORT", 587)
EMAIL_HOST_USER = environ.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = environ.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = True
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = environ.text("MAIL_FROM")

SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if environ.number("PROXY_COUNT", 0) else None
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrftoken"
CSRF_COOKIE_HTTPONLY = True
SERVE_MEDIA = False
PAGE_CACHE_S = environ.number("PAGE_CACHE_S", 60)
