"""The web process's entry: `granian --interface wsgi config.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
os.environ.setdefault("PROCESS", "web")
django = get_wsgi_application()

from django.conf import settings  # noqa: E402 - the environment above decides which

from config.middleware import ADMIN  # noqa: E402
from config.page_cache import PageCache  # noqa: E402

believed = settings.SECURE_PROXY_SSL_HEADER
application = PageCache(
    django,
    keep_s=settings.PAGE_CACHE_S,
    scheme_header=believed[0] if believed else "",
    passes=(settings.STATIC_URL, settings.MEDIA_URL, ADMIN),
)
