"""Models and migrations say the same."""

from django.core.management import call_command


def test_no_model_waits_for_a_migration(django_db_setup, django_db_blocker, capsys):
    with django_db_blocker.unblock():
        call_command("makemigrations", "--check", "--dry-run", "--no-input")
    assert "No changes" in capsys.readouterr().out
