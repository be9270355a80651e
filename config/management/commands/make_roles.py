"""The database's roles: run by the owner after every `migrate`, safe to repeat."""

import os
from urllib.parse import unquote, urlsplit

from django.core.management.base import BaseCommand, CommandError

from config import roles

#: role → the variable with its address, whose name and password are made true
ADDRESSES = {roles.APP: "DATABASE_URL", roles.AUDIT: "AUDIT_DATABASE_URL"}


class Command(BaseCommand):
    help = (
        "Make the roles of DATABASE_URL (web and worker) and AUDIT_DATABASE_URL (reads), or renew their rights. "
        "Run it as the owner of the tables: PROCESS=owner manage.py make_roles"
    )

    def handle(self, *args: object, **options: object) -> None:
        if os.environ.get("PROCESS") != "owner":
            raise CommandError(
                "Roles are made by the owner of the tables: PROCESS=owner manage.py make_roles"
            )
        names, passwords = {}, {}
        for role, variable in ADDRESSES.items():
            parts = urlsplit(os.environ.get(variable, ""))
            names[role] = unquote(parts.username or "") or role
            passwords[names[role]] = unquote(parts.password or "")
        try:
            roles.make(app=names[roles.APP], audit=names[roles.AUDIT], passwords=passwords)
        except roles.OwnsTheTables as error:
            raise CommandError(
                f"{error} owns the tables or may do everything: name another user in DATABASE_URL or AUDIT_DATABASE_URL."
            ) from error
        self.stdout.write(f"{names[roles.APP]} serves, {names[roles.AUDIT]} reads.")
