"""A Django with nothing in it: no apps, no middleware, no session; the same database, pool and server as the site."""

from pathlib import Path

from config import environ

SECRET_KEY = environ.text("SECRET_KEY")
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "benchmarks.bare.urls"
INSTALLED_APPS: list[str] = []
MIDDLEWARE: list[str] = []
USE_I18N = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "OPTIONS": {"builtins": ["benchmarks.bare.words"]},
    }
]
POOL = {"min_size": 1, "max_size": environ.number("WEB_THREADS", 4), "timeout": 3}
DATABASES = {"default": environ.database(environ.text("DATABASE_URL"), options={"pool": POOL})}
