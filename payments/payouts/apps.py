from django.apps import AppConfig


class PayoutsConfig(AppConfig):
    name = "payments.payouts"
    label = "payouts"
    verbose_name = "Payouts"

    def ready(self) -> None:
        from payments.payouts import names  # noqa: F401
