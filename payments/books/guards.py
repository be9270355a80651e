"""Triggers that keep the books: balanced, written in one go, never changed.

Plain SQL that migrations run. Triggers of django-pgtrigger would ask a setting first whether to look away,
and every connection can set it; these ask nobody. A change is a new migration with a text of its own.
"""

BALANCE = """
CREATE FUNCTION books_entry_is_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE lines integer; rest bigint;
BEGIN
    SELECT count(*), coalesce(sum(amount_vnd), 0) INTO lines, rest FROM books_posting WHERE entry_id = NEW.id;
    IF lines < 2 OR rest <> 0 THEN
        RAISE EXCEPTION 'entry %: % postings, % over', NEW.act, lines, rest
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION books_posting_keeps_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE rest bigint;
BEGIN
    SELECT coalesce(sum(amount_vnd), 0) INTO rest FROM books_posting WHERE entry_id = NEW.entry_id;
    IF rest <> 0 THEN
        RAISE EXCEPTION 'entry %: % over', NEW.entry_id, rest
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER entry_is_balanced AFTER INSERT ON books_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION books_entry_is_balanced();
-- Whoever makes the first one look early could add to the entry afterwards.
CREATE CONSTRAINT TRIGGER posting_keeps_balance AFTER INSERT ON books_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION books_posting_keeps_balance();
"""
IN_ONE_GO = """
CREATE FUNCTION books_entry_is_of_now() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.made_in <> pg_current_xact_id() THEN
        RAISE EXCEPTION 'entry % claims another transaction', NEW.act
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION books_posting_with_its_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM fresh JOIN books_entry AS entry ON entry.id = fresh.entry_id
               WHERE entry.made_in <> pg_current_xact_id()) THEN
        RAISE EXCEPTION 'a posting comes with its entry or not at all'
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER entry_is_of_now AFTER INSERT ON books_entry
    FOR EACH ROW EXECUTE FUNCTION books_entry_is_of_now();
CREATE TRIGGER posting_with_its_entry AFTER INSERT ON books_posting
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION books_posting_with_its_entry();
"""
TABLES = ("account", "entry", "posting")
REFUSE = """
CREATE FUNCTION books_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is not possible: the books are only added to', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME;
END $$;
""" + "".join(
    f"""
CREATE TRIGGER {table}_is_kept BEFORE UPDATE OR DELETE ON books_{table}
    FOR EACH ROW EXECUTE FUNCTION books_refuse();
CREATE TRIGGER {table}_is_not_emptied BEFORE TRUNCATE ON books_{table}
    FOR EACH STATEMENT EXECUTE FUNCTION books_refuse();
"""
    for table in TABLES
)
#: trigger → its table
TRIGGERS = {
    "entry_is_balanced": "entry",
    "entry_is_of_now": "entry",
    "posting_keeps_balance": "posting",
    "posting_with_its_entry": "posting",
    **{f"{table}_{what}": table for table in TABLES for what in ("is_kept", "is_not_emptied")},
}
FUNCTIONS = (
    "books_entry_is_balanced",
    "books_posting_keeps_balance",
    "books_entry_is_of_now",
    "books_posting_with_its_entry",
    "books_refuse",
)
SET_UP = BALANCE + IN_ONE_GO + REFUSE
TAKE_DOWN = "".join(f"DROP TRIGGER {name} ON books_{table};\n" for name, table in TRIGGERS.items()) + "".join(
    f"DROP FUNCTION {name}();\n" for name in FUNCTIONS
)
