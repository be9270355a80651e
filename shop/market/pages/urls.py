"""What anybody can see; joined by shop.market.urls."""

from django.urls import path

from shop.market import seo
from shop.market.pages import browse, directory, listing, product, share, storefront, suggest, trace

urlpatterns = [
    path("san-pham/", browse.catalogue, name="catalogue"),
    path("san-pham/<slug:slug>/", product.product, name="product"),
    path("nhom/<slug:slug>/", browse.category, name="category"),
    path("goi-y/", suggest.suggest, name="suggest"),
    path("gian-hang/", directory.storefronts, name="storefronts"),
    path("gian-hang/<slug:slug>/", storefront.storefront, name="storefront"),
    path("gian-hang/<slug:storefront>/<slug:slug>/", listing.listing, name="listing"),
    path("anh-chia-se/<slug:kind>/<str:name>.jpg", share.picture, name="share"),
    path("truy-xuat/<slug:code>/", trace.trace, name="trace"),
    path("truy-xuat/<slug:code>/qr.svg", trace.code_picture, name="trace-qr"),
    path("sitemap.xml", seo.sitemap_index, name="sitemap"),
    path("sitemap-<slug:section>.xml", seo.sitemap_part, name="sitemap-section"),
    path("robots.txt", seo.robots, name="robots"),
]
