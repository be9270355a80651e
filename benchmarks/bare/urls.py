from django.urls import path

from benchmarks.bare import views

urlpatterns = [
    path("hello/", views.hello),
    path("listing/", views.listing),
    path("product/<slug:storefront>/<slug:slug>/", views.product),
]
