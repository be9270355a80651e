"""The tests: a throw-away PostgreSQL whose address conftest puts into DATABASE_URL, cheap hashing, no mail out."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="cho-test-"))
os.environ.setdefault("DATABASE_URL", "postgresql://postgres@/postgres?host=/nowhere")

from config import environ

from .base import *  # noqa: F403
from .base import DATABASE_OPTIONS, STORAGES, WEB_TIMEOUTS

DEMO = True
SECRET_KEY = "test-only-" + "0123456789abcdef" * 4
FIELD_KEYS = ["dGVzdC1vbmx5LWtleS1vZi0zMi1ieXRlcy1sb25nISE="]
ALLOWED_HOSTS = ["*"]
DATABASES = {
    "default": environ.database(
        os.environ["DATABASE_URL"],
        options={
            "connect_timeout": 3,
            "prepare_threshold": DATABASE_OPTIONS["prepare_threshold"],
            # a test is one long transaction: of the web's time-outs only the one for locks fits it
            "options": f"-c lock_timeout={WEB_TIMEOUTS['lock_timeout']}",
        },
    )
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
NOTICE_CHANNELS = ["demo", "email"]
WHITENOISE_USE_FINDERS = True
STATIC_ROOT = None
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "config.static_files.Plain"}}
MEDIA_ROOT = Path(os.environ["DATA_DIR"]) / "media"
PRIVATE_ROOT = Path(os.environ["DATA_DIR"]) / "private"
SERVE_MEDIA = True
SANDBOX_ALLOWED = True
PROCRASTINATE_IMPORT_PATHS = ["shop.market.demo.bank_tasks"]
STAFF_NEED_SECOND_FACTOR = False
COUNTS_S = 0
os.environ.setdefault("PAYMENTS_SANDBOX_SECRET", "test-only-sandbox-secret")
