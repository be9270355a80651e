"""The demo on one machine: embedded PostgreSQL unless DATABASE_URL names a server; codes go to the post box."""

import os

from config import embedded, environ, pretended

from .base import *  # noqa: F403
from .base import DATA_DIR, DATABASE_OPTIONS, STORAGES

DEMO = True
SECRET_KEY = "demo-only-" + "0123456789abcdef" * 4
FIELD_KEYS = ["ZGVtby1vbmx5LWtleS1vZi0zMi1ieXRlcy1sb25nISE="]
ALLOWED_HOSTS = ["*"]
DATABASES = {
    "default": environ.database(
        os.environ.get("DATABASE_URL")
        or embedded.ensure_database(embedded.start(DATA_DIR / "postgres"), "cho"),
        options=DATABASE_OPTIONS,
    )
}
WHITENOISE_USE_FINDERS = True
STATIC_ROOT = None
WHITENOISE_MAX_AGE = 3600
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "config.static_files.Plain"}}
SERVE_MEDIA = True
NOTICE_CHANNELS = ["demo"]
STAFF_NEED_SECOND_FACTOR = environ.flag("STAFF_NEED_SECOND_FACTOR", default=False)
CODE_LIMITS = {"contact_hour": 200, "contact_day": 1000, "address_hour": 1000}
SANDBOX_ALLOWED = True
PROCRASTINATE_IMPORT_PATHS = ["shop.market.demo.bank_tasks"]
os.environ.setdefault("PAYMENTS_SANDBOX_SECRET", "demo-only-sandbox-secret")
# A bank that no app knows, so that nobody sends real money there; the demo's own bank tells of transfers as SePay.
os.environ.setdefault("PAYMENTS_VIETQR_BANK_BIN", "999999")
os.environ.setdefault("PAYMENTS_VIETQR_BANK_NAME", "Ngân hàng thử")
os.environ.setdefault("PAYMENTS_VIETQR_ACCOUNT", "0900000200")
os.environ.setdefault("PAYMENTS_VIETQR_ACCOUNT_NAME", "CHO XU LANG THU NGHIEM")
os.environ.setdefault("PAYMENTS_SEPAY_WEBHOOK_SECRET", "demo-only-sepay-secret")
pretended.introduce(os.environ)
