"""Who may do what in the database: the owner migrates, `app` serves and works, `audit` only reads.

`audit` reads the figures that the audits compare, column by column (`config.audit_reads`), and no people: nothing of a
later migration until it is listed. The books and the events of money are only added to: there `app` has no right to
change, and never one to empty, alter or drop anything, so what holds the triggers cannot be got out of their way.
"""

from collections.abc import Iterator

from django.apps import apps
from django.db import connection, transaction
from psycopg import sql

from config.audit_reads import AUDIT_READS

APP, AUDIT = "app", "audit"
KNOWN = """
    SELECT rolname, rolsuper OR pg_has_role(rolname, %s, 'MEMBER') FROM pg_roles WHERE rolname = ANY(%s)
"""
CREATE = "CREATE ROLE {role} LOGIN"
PASSWORD = "ALTER ROLE {role} PASSWORD {password}"  # noqa: S105 - a statement
FOR_APP = """
    REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role};
    GRANT USAGE ON SCHEMA public TO {role};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
    REVOKE UPDATE, DELETE ON {only_added_to} FROM {role};
    REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role};
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role};
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role};
"""
FOR_AUDIT = """
    REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role};
    GRANT USAGE ON SCHEMA public TO {role};
    ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE SELECT ON TABLES FROM {role};
"""
COLUMNS_FOR_AUDIT = "GRANT SELECT ({columns}) ON {table} TO {role}"
READS_NAMES = "SELECT has_column_privilege('farmers_household', 'name', 'SELECT')"


class OwnsTheTables(Exception):
    """The role that should be held back is the owner, a member of it, or a superuser."""


def only_added_to() -> list[str]:
    """The tables whose rows are never changed: the books, and the events of whatever money does."""
    return [
        model._meta.db_table
        for model in apps.get_models()
        if model._meta.app_label == "books"
        or (model.__module__.startswith("payments.") and model.__name__.endswith("Event"))
    ]


@transaction.atomic
def make(*, app: str = APP, audit: str = AUDIT, passwords: dict[str, str] | None = None) -> None:
    """Make both roles, or bring their rights up to date; called by the owner after every migration.

    `passwords` by role are set as they are given; without one a role's own stays. Raises OwnsTheTables when
    a role could not be held back anyway.
    """
    passwords = passwords or {}
    with connection.cursor() as cursor:
        known = _known(cursor, [app, audit])
        for role in (app, audit):
            if role not in known:
                cursor.execute(_filled(CREATE, role=role))
            if passwords.get(role):
                secret = _scrambled(cursor, role, passwords[role])
                cursor.execute(sql.SQL(PASSWORD).format(role=sql.Identifier(role), password=secret))
        cursor.execute(_filled(FOR_APP, role=app, only_added_to=only_added_to()))
        cursor.execute(_filled(FOR_AUDIT, role=audit))
        for table, columns in AUDIT_READS.items():
            cursor.execute(_filled(COLUMNS_FOR_AUDIT, role=audit, table=table, columns=columns))


def reads_names() -> bool:
    """Whether this process may read what people and gateways are called, not figures alone."""
    with connection.cursor() as cursor:
        cursor.execute(READS_NAMES)
        return cursor.fetchone()[0]


def _known(cursor, roles: list[str]) -> set[str]:
    cursor.execute("SELECT current_user")
    (owner,) = cursor.fetchone()
    cursor.execute(KNOWN, [owner, roles])
    found = dict(cursor.fetchall())
    if unheld := [role for role, owns in found.items() if owns]:
        raise OwnsTheTables(", ".join(unheld))
    return set(found)


def _filled(statement: str, **names: str | list[str] | tuple[str, ...]) -> sql.Composed:
    return sql.SQL(statement).format(**{place: _identifiers(each) for place, each in names.items()})


def _identifiers(names: str | list[str] | tuple[str, ...]) -> sql.Composable:
    each: Iterator[str] = iter([names] if isinstance(names, str) else names)
    return sql.SQL(", ").join(map(sql.Identifier, each))


def _scrambled(cursor, role: str, password: str) -> sql.Literal:
    """The password as PostgreSQL keeps it, so that it stands in no log of statements."""
    pgconn = cursor.connection.pgconn
    return sql.Literal(pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode())
