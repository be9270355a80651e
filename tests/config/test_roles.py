"""The roles of the database: `app` serves and cannot touch what only grows, `audit` reads figures."""

import os
from io import StringIO
from uuid import uuid4

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from common import dates
from config import embedded, roles
from config.audit_reads import AUDIT_READS
from payments.books.models import Entry
from payments.intake import services as intake
from payments.intake.models import PaymentEvent
from tests import databases, jobs
from tests.builders import payments as made
from tests.builders import transfers
from tests.builders.catalogue import a_listing
from tests.builders.payouts import officer
from tests.config.test_settings import start
from tests.payouts import test_walk

BOOKS = ("books_account", "books_entry", "books_posting")
#: what no server of pages may do to what only grows
FORBIDDEN = {
    "another amount": "UPDATE {table} SET id = id",
    "a row gone": "DELETE FROM {table}",
    "no rows at all": "TRUNCATE {table} CASCADE",
    "the guards asleep": "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "a guard of its own": "CREATE TRIGGER mine BEFORE INSERT ON {table} EXECUTE FUNCTION books_refuse()",
    "no table": "DROP TABLE {table} CASCADE",
    "another owner": "ALTER TABLE {table} OWNER TO CURRENT_USER",
}


class Roles:
    """Roles of one test's database, named apart since a server's databases share them."""

    def __init__(self) -> None:
        mark = uuid4().hex[:8]
        self.app, self.audit = f"app_{mark}", f"audit_{mark}"
        self.owner_url = os.environ["DATABASE_URL"]
        self.make()

    def make(self) -> None:
        roles.make(app=self.app, audit=self.audit)

    def url(self, role: str) -> str:
        return embedded.as_user(self.owner_url, role)

    def be(self, role: str) -> None:
        """Django and all it starts connect as this role from now on."""
        databases.use(self.url(role))

    def refused(self, role: str, statement: str) -> bool:
        with psycopg.connect(self.url(role)) as mine:
            try:
                mine.execute(statement)
            except psycopg.errors.InsufficientPrivilege:
                return True
        return False


@pytest.fixture
def three(committed_db):
    made.settled()
    return Roles()


def current() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return cursor.fetchone()[0]


def test_the_books_and_the_events_of_money_are_what_is_only_added_to():
    events = {f"intake_{name}event" for name in ("payment", "refund", "credit", "gateway")}
    assert {*BOOKS, *events, "payouts_payoutevent"} <= set(roles.only_added_to())


@pytest.mark.parametrize("what", FORBIDDEN)
def test_who_serves_cannot_touch_what_only_grows(three, what):
    for table in roles.only_added_to():
        assert three.refused(three.app, FORBIDDEN[what].format(table=table)), table


def test_control_with_the_owners_rights_the_guards_can_be_put_to_sleep(three):
    with psycopg.connect(three.owner_url) as owner:
        for table in BOOKS:
            owner.execute(FORBIDDEN["the guards asleep"].format(table=table))
        assert owner.execute("DELETE FROM books_posting").rowcount == 2
        owner.rollback()


def test_control_with_a_right_too_many_a_change_is_not_refused(three):
    with psycopg.connect(three.owner_url) as owner:
        owner.execute(f"GRANT UPDATE, DELETE ON intake_paymentevent TO {three.app}")
    assert not three.refused(three.app, FORBIDDEN["a row gone"].format(table="intake_paymentevent"))
    three.make()
    assert three.refused(three.app, FORBIDDEN["a row gone"].format(table="intake_paymentevent"))


def test_who_serves_posts_by_acts_and_changes_ordinary_rows(three):
    three.be(three.app)
    payment = made.settled(amount_vnd=90_000)
    assert current() == three.app
    assert Entry.objects.filter(about=f"payment:{payment.pk}").count() == 1
    assert PaymentEvent.objects.filter(payment=payment, to="settled").exists()


def test_a_whole_walk_is_made_by_who_serves(committed_db, settings):
    """Placing, paying, refunds, payouts, a bounce, and the audit after each step."""
    found = Roles()
    found.be(found.app)
    test_walk.test_order_split_refund_payout_bounce_and_a_fault_after_payout(settings)
    assert jobs.run_due() > 0 and current() == found.app


def test_a_true_worker_and_the_pages_run_as_who_serves(three):
    a_listing(qty=5_000)
    three.be(three.app)
    payment = made.pending()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs")
        before = cursor.fetchone()[0]
    environ = {"DATABASE_URL": three.url(three.app), "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    ended = start(["procrastinate", "worker", "--one-shot"], PROCESS="worker", **environ)
    assert ended.returncode == 0, ended.stderr
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'succeeded'")
        assert before > 0 and cursor.fetchone()[0] >= before
    assert [Client().get(path).status_code for path in ("/san-pham/", "/dang-nhap/")] == [200, 200]
    assert payment.events.filter(to="pending").count() == 1


#: where people, their words and their ways in stand; and what opens a page, or speaks to a gateway
PERSONAL = (
    "accounts_user.phone", "accounts_user.email", "accounts_user.display_name", "accounts_user.password",
    "notices_notice.text", "notices_notice.phone", "accounts_code.contact", "django_session.session_data", "mfa_authenticator.data",
    "procrastinate_jobs.args", "orders_order.name", "orders_order.phone", "orders_order.email",
    "orders_order.street", "orders_order.note", "orders_order.secret", "orders_order.user_id",
    "intake_payment.reference", "intake_payment.words", "intake_payment.step", "intake_paymentevent.note",
    "intake_paymentevent.by_id", "intake_refund.reason", "intake_refund.reference", "intake_credit.note",
    "intake_statementrow.note", "intake_inbox.raw", "intake_inbox.fact", "intake_gateway.kept", "intake_gateway.wanted",
    "payouts_payout.account", "payouts_payout.account_name", "farmers_household.name",
    "farmers_bankaccount.account", "farmers_storefront.name", "fulfilment_remittanceline.note",
    "orders_suborder.end_reason", "stock_movement.by_id",
)  # fmt: skip
#: words of which none may be in the name of a column that is read
OF_PEOPLE = (
    "name",
    "phone",
    "email",
    "street",
    "note",
    "reason",
    "secret",
    "by_id",
    "user",
    "raw",
    "words",
    "key",
)


def readable(owner_url: str, role: str) -> set[str]:
    """Every column of every table and view that the role may read, as the database says it."""
    with psycopg.connect(owner_url) as owner:
        found = owner.execute(
            """SELECT kind.relname || '.' || field.attname FROM pg_class AS kind
            JOIN pg_attribute AS field ON field.attrelid = kind.oid AND field.attnum > 0 AND NOT field.attisdropped
            WHERE kind.relnamespace = 'public'::regnamespace AND kind.relkind IN ('r', 'v', 'm', 'p', 'f')
                AND has_column_privilege(%s, kind.oid, field.attnum, 'SELECT')""",
            [role],
        )
        return {name for (name,) in found}


def test_who_audits_reads_what_is_listed_and_nothing_else(three):
    listed = {f"{table}.{column}" for table, columns in AUDIT_READS.items() for column in columns}
    assert readable(three.owner_url, three.audit) == listed
    assert not listed & set(PERSONAL)
    assert not [each for each in listed if any(word in each.partition(".")[2] for word in OF_PEOPLE)]


@pytest.mark.parametrize("table", sorted({each.partition(".")[0] for each in PERSONAL}))
def test_who_audits_is_refused_at_every_personal_column(three, table):
    for each in PERSONAL:
        if each.startswith(table + "."):
            assert three.refused(three.audit, f"SELECT {each.partition('.')[2]} FROM {table}"), each
    assert three.refused(three.audit, f"SELECT * FROM {table}")


def test_who_audits_writes_nothing(three):
    for table in AUDIT_READS:
        assert three.refused(three.audit, f"DELETE FROM {table}")
    for statement in ("INSERT INTO books_account (kind) VALUES ('bank')", "UPDATE intake_payment SET words = ''",
                      "SELECT nextval('intake_payment_id_seq')", "CREATE TABLE mine (id int)", "TRUNCATE cache"):  # fmt: skip
        assert three.refused(three.audit, statement), statement


def test_what_an_earlier_version_let_the_auditors_read_is_taken_back(three):
    with psycopg.connect(three.owner_url) as owner:
        owner.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {three.audit}")
        owner.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {three.audit}")
    assert not three.refused(three.audit, "SELECT phone FROM accounts_user")
    three.make()
    with psycopg.connect(three.owner_url) as owner:
        owner.execute("CREATE TABLE later (id bigserial PRIMARY KEY, words text)")
    assert three.refused(three.audit, "SELECT phone FROM accounts_user")
    assert three.refused(three.audit, "SELECT words FROM later")


def test_the_audits_run_to_the_end_as_who_only_reads(committed_db, settings, monkeypatch):
    """After a whole walk: with everything in order, then with every kind of break that can be put there."""
    test_walk.test_order_split_refund_payout_bounce_and_a_fault_after_payout(settings)
    transfers.configure(monkeypatch)
    transfer = transfers.asked()
    transfers.came(100_000, transfer.gateway_ref, "FT1")
    found = Roles()
    found.be(found.audit)
    call_command("audit_books")
    call_command("audit_stock")
    assert current() == found.audit
    with psycopg.connect(found.owner_url) as owner:
        owner.execute("UPDATE intake_payment SET refund_asked_vnd = settled_vnd - 1 WHERE settled_vnd > 1")
        owner.execute("UPDATE intake_payment SET state = 'cancelled' WHERE id = %s", [transfer.pk])
        owner.execute("UPDATE intake_credit SET amount_vnd = amount_vnd + 1")
        owner.execute("ALTER TABLE payouts_payoutline DISABLE TRIGGER USER")
        owner.execute("UPDATE payouts_payoutline SET payable_vnd = payable_vnd + 1")
        owner.execute(
            "UPDATE orders_suborder SET cash_by = 'household', state = 'packed' WHERE state = 'completed'"
        )
        owner.execute("UPDATE stock_lot SET spoiled_qty = spoiled_qty + 1")
    said = StringIO()
    with pytest.raises(CommandError, match="breaks found"):
        call_command("audit_books", stderr=said)
    with pytest.raises(CommandError, match="breaks found"):
        call_command("audit_stock", stderr=StringIO())
    found_lines = said.getvalue()
    assert "payment " in found_lines and "credit:" in found_lines and "household:" in found_lines
    assert "Bà Sáu" not in found_lines and "(" not in found_lines, "no names behind the subjects"


def test_statements_are_compared_by_who_only_reads(three, tmp_path, settings):
    transfers.came(50_000, "mua na", "FT2")
    body = "date,credit,reference,description\n{day},1000,FT3,mua na\n{day},1,FT2,x\n"
    day = dates.today()
    intake.check_statement(
        body.format(day=f"{day:%d/%m/%Y}").encode(),
        name="a.csv",
        account=transfers.ACCOUNT,
        by=officer("Tuấn"),
    )
    three.be(three.audit)
    said = StringIO()
    with pytest.raises(CommandError, match="2 differences"):
        call_command("reconcile", "--day", day.isoformat(), "--statements", stderr=said)
    assert "1000 (FT3) is on the statement, not with us" in said.getvalue()
    assert "FT2 cannot be booked" in said.getvalue()


def test_a_true_process_audits_as_its_own_role(three):
    environ = {
        "PROCESS": "audit",
        "AUDIT_DATABASE_URL": three.url(three.audit),
        "DATABASE_URL": three.owner_url,
    }
    for command in ("audit_books", "audit_stock"):
        ended = start([command], **environ)
        assert ended.returncode == 0, ended.stderr


def test_a_table_of_a_later_migration_is_served_at_once(three):
    with psycopg.connect(three.owner_url) as owner:
        owner.execute("CREATE TABLE later (id bigserial PRIMARY KEY, words text)")
    for statement in (
        "INSERT INTO later (words) VALUES ('a')",
        "UPDATE later SET words = 'b'",
        "DELETE FROM later",
    ):
        assert not three.refused(three.app, statement)
        assert three.refused(three.audit, statement)
    assert three.refused(three.app, "ALTER TABLE later ADD more int") and three.refused(
        three.app, "DROP TABLE later"
    )
    assert three.refused(three.audit, "SELECT * FROM later")


def test_the_history_of_migrations_is_not_for_who_serves(three):
    assert three.refused(three.app, "DELETE FROM django_migrations")
    assert not three.refused(three.app, "SELECT * FROM django_migrations")


def test_a_superuser_or_the_owner_is_no_role_to_serve_with(three):
    for name in (current(), "postgres"):
        with pytest.raises(roles.OwnsTheTables):
            roles.make(app=name, audit=three.audit)


def test_the_command_makes_the_roles_that_the_addresses_name(three):
    mark = uuid4().hex[:8]
    known = {
        "PROCESS": "owner",
        "MIGRATIONS_DATABASE_URL": three.owner_url,
        "DATABASE_URL": f"postgresql://web_{mark}:S3cret@db/cho",
        "AUDIT_DATABASE_URL": f"postgresql://look_{mark}:Quiet@db/cho",
    }
    for _time in range(2):
        ended = start(["make_roles"], **known)
        assert ended.returncode == 0, ended.stderr
    assert f"web_{mark} serves, look_{mark} reads." in ended.stdout
    with psycopg.connect(three.owner_url) as owner:
        kept = owner.execute(
            "SELECT rolpassword FROM pg_authid WHERE rolname = %s", [f"web_{mark}"]
        ).fetchone()
    assert kept[0].startswith("SCRAM-SHA-256$")
    assert three.refused(f"web_{mark}", "DELETE FROM books_entry")


def test_the_command_is_the_owners(three, monkeypatch):
    monkeypatch.delenv("PROCESS", raising=False)
    with pytest.raises(CommandError, match="PROCESS=owner"):
        call_command("make_roles")
    # The address of this test's database must be gone from the environment before the database is.
    with monkeypatch.context() as patch:
        patch.setenv("PROCESS", "owner")
        patch.setenv("DATABASE_URL", three.owner_url)
        with pytest.raises(CommandError, match="owns the tables"):
            call_command("make_roles")


@pytest.mark.parametrize(
    ("process", "variable"), [("owner", "MIGRATIONS_DATABASE_URL"), ("audit", "AUDIT_DATABASE_URL")]
)
def test_each_process_connects_as_its_own_role(process, variable):
    wanted = {
        "PROCESS": process,
        "DATABASE_URL": "postgresql://app@db/cho",
        variable: "postgresql://it@db/cho",
    }
    code = "from django.conf import settings as s; print(s.DATABASES['default']['USER'])"
    assert start(["shell", "-c", code, "--no-imports"], **wanted).stdout.split() == ["it"]
    refused = start(["check"], **{**wanted, variable: ""})
    assert refused.returncode != 0 and variable in refused.stderr
