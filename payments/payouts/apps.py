from django.apps import AppConfig


class PayoutsConfig(AppConfig):
    name = "payments.payouts"
    label = "payouts"
    verbose_name = "Payouts"
