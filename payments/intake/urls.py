"""`/webhooks/<adapter>/`: where every gateway calls."""

from django.urls import path

from payments.intake import views

app_name = "payments"
urlpatterns = [path("<slug:code>/", views.hear, name="hear")]
