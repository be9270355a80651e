from django.urls import path

from farmers.onboarding import views

app_name = "farmers"
urlpatterns = [path("", views.apply, name="apply")]
