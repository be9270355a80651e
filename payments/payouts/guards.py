"""Triggers that keep payouts: its sums are those of its lines, and a line is never changed but to let it go.

Plain SQL that migrations run. A change is a new migration with a text of its own.
"""

SET_UP = """
CREATE FUNCTION payouts_payout_is_its_lines() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wanted record; found record; which bigint;
BEGIN
    IF TG_TABLE_NAME = 'payouts_payout' THEN which := NEW.id; ELSE which := NEW.payout_id; END IF;
    SELECT payable_vnd, delivery_vnd INTO wanted FROM payouts_payout WHERE id = which;
    SELECT coalesce(sum(payable_vnd), 0) AS payable_vnd, coalesce(sum(delivery_vnd), 0) AS delivery_vnd
        INTO found FROM payouts_payoutline WHERE payout_id = which;
    IF wanted.payable_vnd <> found.payable_vnd OR wanted.delivery_vnd <> found.delivery_vnd THEN
        RAISE EXCEPTION 'payout %: its lines say otherwise', which
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payout_is_its_lines';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER payout_is_its_lines
    AFTER INSERT OR UPDATE OF payable_vnd, delivery_vnd ON payouts_payout
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payouts_payout_is_its_lines();
CREATE CONSTRAINT TRIGGER payout_line_is_summed AFTER INSERT ON payouts_payoutline
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payouts_payout_is_its_lines();
CREATE FUNCTION payouts_line_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.counts IS FALSE
        OR (NEW.id, NEW.payout_id, NEW.entry_id, NEW.payable_vnd, NEW.delivery_vnd)
            IS DISTINCT FROM (OLD.id, OLD.payout_id, OLD.entry_id, OLD.payable_vnd, OLD.delivery_vnd) THEN
        RAISE EXCEPTION 'a line of a payout is never changed'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payout_line_is_kept';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payout_line_is_kept BEFORE UPDATE OR DELETE ON payouts_payoutline
    FOR EACH ROW EXECUTE FUNCTION payouts_line_is_kept();
"""
TAKE_DOWN = """
DROP TRIGGER payout_line_is_kept ON payouts_payoutline;
DROP TRIGGER payout_line_is_summed ON payouts_payoutline;
DROP TRIGGER payout_is_its_lines ON payouts_payout;
DROP FUNCTION payouts_line_is_kept();
DROP FUNCTION payouts_payout_is_its_lines();
"""
