"""A missing production secret stops the start and names itself; what goes live is strict."""

import os
import subprocess
import sys

import pytest

SECRETS = {
    "SECRET_KEY": "x7-" + "Qw3rtz9Uiop" * 6,
    "FIELD_KEYS": "dGVzdC1vbmx5LWtleS1vZi0zMi1ieXRlcy1sb25nISE=",
    "PUBLIC_URL": "https://cho.example.vn",
    "ALLOWED_HOSTS": "cho.example.vn",
    "EMAIL_HOST": "mail.example.vn",
    "MAIL_FROM": "Cho <cho@example.vn>",
}


def start(command: list[str], **changes: str) -> subprocess.CompletedProcess:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PAYMENTS_", "DATA_DIR", "DJANGO_"))
    }
    env = {**kept, **SECRETS, "DJANGO_SETTINGS_MODULE": "config.settings.production", **changes}
    env = {name: value for name, value in env.items() if value}
    return subprocess.run(
        [sys.executable, "manage.py", *command], env=env, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("name", [*SECRETS, "DATABASE_URL"])
def test_a_missing_secret_stops_the_start_and_names_itself(name):
    result = start(["check"], **{name: ""})
    assert result.returncode != 0 and name in result.stderr


def test_what_goes_live_has_no_warning(django_db_setup):
    result = start(["check", "--deploy", "--fail-level", "WARNING"])
    assert result.returncode == 0, result.stderr


def test_production_demands_a_second_factor_of_staff_and_knows_no_sandbox():
    code = "from django.conf import settings as s; print(s.STAFF_NEED_SECOND_FACTOR, s.SANDBOX_ALLOWED, s.DEMO, s.DEBUG)"
    assert start(["shell", "-c", code, "--no-imports"]).stdout.split() == ["True", "False", "False", "False"]
