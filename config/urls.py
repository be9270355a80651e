"""Every address of the site, mounted room by room."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from django.views.decorators.cache import cache_control
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from accounts.admin_login import to_sign_in
from cms import views as pages
from config.health import healthz

urlpatterns = [
    path("healthz/", healthz, name="healthz"),
    path("webhooks/", include("payments.intake.urls")),
    path("quan-tri/login/", to_sign_in),
    path("quan-tri/password_reset/", to_sign_in),
    re_path(r"^quan-tri/password_reset/.*$", to_sign_in),
    path("quan-tri/", include(wagtailadmin_urls)),
    path("tai-lieu/", include(wagtaildocs_urls)),
]

if settings.DEMO:
    urlpatterns += [path("demo/", include("shop.market.demo.urls"))]

if settings.SERVE_MEDIA:
    kept = cache_control(public=True, max_age=3600)(serve)
    urlpatterns += [re_path(r"^media/(?P<path>.*)$", kept, {"document_root": settings.MEDIA_ROOT})]

urlpatterns += i18n_patterns(
    path("", include("accounts.urls")),
    path("ban-hang/dang-ky/", include("farmers.onboarding.urls")),
    path("ban-hang/", include("shop.desk.urls")),
    path("", include("shop.market.urls")),
    re_path(wagtail_urls.serve_pattern, pages.serve, name="wagtail_serve"),
    path("", include(wagtail_urls)),
    prefix_default_language=False,
)

handler400 = "shop.market.pages.errors.bad_request"
handler403 = "shop.market.pages.errors.forbidden"
handler404 = "shop.market.pages.errors.not_found"
handler500 = "shop.market.pages.errors.broken"
