from django.apps import AppConfig
from django.conf import settings


class IntakeConfig(AppConfig):
    name = "payments.intake"
    label = "intake"
    verbose_name = "Payments"

    def ready(self) -> None:
        from payments.adapters import registry
        from payments.intake import gateways, names, receivers  # noqa: F401

        registry.allow_pretend(settings.SANDBOX_ALLOWED)
        registry.choose_by(gateways.chosen)
