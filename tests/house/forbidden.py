"""What each named guard of the money forbids: one statement that it alone refuses. A new guard needs a row here.

Unique rows and counts below zero need none: `test_guards` makes their examples from the catalogue. Those of the
books stand in `tests/books/test_guards.py`, since they need transactions that really end.
"""

NO_RATES = "fee_rate_bp = 0, fee_vnd = 0, vat_rate = 0, vat_vnd = 0, income_tax_rate = 0, income_tax_vnd = 0"
#: an entry of the books that no payout pays, and a payout that waits
FREE_ENTRY = "(SELECT max(id) FROM books_entry WHERE id NOT IN (SELECT entry_id FROM payouts_payoutline))"
DRAFT = "(SELECT min(id) FROM payouts_payout WHERE state = 'draft')"
LINE = "INSERT INTO payouts_payoutline (payout_id, entry_id, payable_vnd, delivery_vnd, counts)"

INTAKE = {
    "payment_asks_for_money": "UPDATE intake_payment SET asked_vnd = 0 WHERE state = 'pending'",
    "payment_settled_whole_or_not":
        "UPDATE intake_payment SET settled_vnd = settled_vnd + 1 WHERE state = 'settled'",
    "payment_state_fits_its_money": "UPDATE intake_payment SET state = 'pending' WHERE state = 'settled'",
    "payment_charged_back_says_how_much": "UPDATE intake_payment SET taken_back_vnd = 1 WHERE state = 'settled'",
    "payment_refunded_at_most_asked": "UPDATE intake_payment SET refunded_vnd = refund_asked_vnd + 1",
    "payment_refunds_at_most_settled": "UPDATE intake_payment SET refund_asked_vnd = settled_vnd + 1",
    "payment_handed_over_by_who_took_it":
        "UPDATE intake_payment SET handed_over_vnd = 1 WHERE cash_with = '' AND settled_vnd > 0",
    "payment_handed_over_at_most_settled":
        "UPDATE intake_payment SET handed_over_vnd = settled_vnd + 1 WHERE cash_with <> ''",
    "payment_held_is_not_settled": "UPDATE intake_payment SET held_at = now() WHERE state = 'settled'",
    "refund_gives_money": "UPDATE intake_refund SET amount_vnd = 0",
    "refund_done_has_its_moment": "UPDATE intake_refund SET state = 'done'",
    "refund_four_eyes": "UPDATE intake_refund SET approved_by_id = asked_by_id WHERE by_two",
    "refund_by_two_has_its_second": "UPDATE intake_refund SET approved_by_id = NULL WHERE by_two",
    "inbox_applied_or_set_aside":
        "UPDATE intake_inbox SET set_aside_at = now(), why = 'unknown' WHERE applied_at IS NOT NULL",
    "inbox_set_aside_says_why": "UPDATE intake_inbox SET why = 'unknown' WHERE set_aside_at IS NULL",
    "credit_brings_money": "UPDATE intake_credit SET amount_vnd = 0 WHERE state = 'unmatched'",
    "credit_never_spent_twice":
        "UPDATE intake_credit SET state = 'to_return', assigned_vnd = -1 WHERE state = 'waiting'",
    "credit_state_fits_its_money": "UPDATE intake_credit SET state = 'matched' WHERE state = 'waiting'",
    "credit_assigned_names_its_payment":
        "UPDATE intake_credit SET state = 'waiting' WHERE state = 'unmatched' AND payment_id IS NULL",
    "credit_returned_names_its_transfer":
        "UPDATE intake_credit SET return_ref = 'FT9' WHERE state = 'unmatched'",
    "credit_counted_names_its_sender":
        "UPDATE intake_credit SET sender = 'carrier:post' WHERE state = 'unmatched' AND payment_id IS NULL",
    "giving_back_gives_money": "UPDATE intake_givingback SET amount_vnd = 0",
    "giving_back_four_eyes": "UPDATE intake_givingback SET given_by_id = asked_by_id WHERE by_two AND state = 'done'",
    "giving_back_by_two_says_to_whom": "UPDATE intake_givingback SET to_whom = '' WHERE by_two",
    "giving_back_by_one_is_done_at_once":
        "UPDATE intake_givingback SET by_two = false, to_whom = '' WHERE state = 'asked'",
    "giving_back_done_names_its_transfer": "UPDATE intake_givingback SET bank_ref = '' WHERE state = 'done'",
    "giving_back_through_its_gateway_is_done": "UPDATE intake_givingback SET through_gateway = true WHERE state = 'asked'",
    "giving_back_ends_once": "UPDATE intake_givingback SET ended_at = now() WHERE state = 'asked'",
    "credit_at_a_gateway_is_not_counted": "UPDATE intake_credit SET gateway = 'x' WHERE state = 'unmatched'",
    "inflow_came_at_most_sent": "UPDATE intake_inflow SET came_vnd = sent_vnd + 1",
    "counting_counts_money": "UPDATE intake_counting SET amount_vnd = 0",
    "counting_undone_by_a_person_with_a_reason": "UPDATE intake_counting SET undone_at = now()",
    "statement_booked_by_a_person": "UPDATE intake_statement SET booked_at = now()",
    "statement_row_unreadable_is_no_credit":
        "UPDATE intake_statementrow SET amount_vnd = NULL WHERE state <> 'unreadable'",
    "gateway_limits_are_money": "UPDATE intake_gateway SET min_vnd = 0",
    "gateway_limits_leave_room": "UPDATE intake_gateway SET min_vnd = max_vnd + 1",
    "gateway_wish_is_somebodys": "UPDATE intake_gateway SET wanted_at = now() WHERE wanted = ''",
    "gateway_event_four_eyes": "UPDATE intake_gatewayevent SET by_id = wanted_by_id WHERE kind = 'confirmed'",
    "gateway_event_says_whose_wish":
        "UPDATE intake_gatewayevent SET wanted_by_id = NULL WHERE kind = 'confirmed'",
    "gateway_remittance_adds_up": "UPDATE intake_gatewayremittance SET bank_vnd = bank_vnd + 1",
    "gateway_remittance_moves_money":
        "UPDATE intake_gatewayremittance SET gross_vnd = 0, fee_vnd = 0, bank_vnd = 0",
    "pull_failed_says_why": "UPDATE intake_pull SET failures = 1",
}  # fmt: skip
PAYOUTS = {
    "payout_adds_up": "UPDATE payouts_payout SET amount_vnd = amount_vnd + 1",
    "payout_pays_something":
        "INSERT INTO payouts_payout (reference, household_id, from_day, until_day, payable_vnd, delivery_vnd,"
        " amount_vnd, bank_bin, account, account_name, account_set_at, state, proposed_by_id, proposed_at, seal,"
        " bank_ref, reason) SELECT 'CT-x', household_id, from_day, until_day + 1, 0, 0, 0, bank_bin, account,"
        " account_name, account_set_at, 'draft', proposed_by_id, now(), '', '', '' FROM payouts_payout LIMIT 1",
    "payout_period_runs_forward": "UPDATE payouts_payout SET until_day = from_day - 1",
    "payout_four_eyes":
        "UPDATE payouts_payout SET approved_by_id = proposed_by_id WHERE state = 'approved'",
    "payout_approved_before_it_is_sent": "UPDATE payouts_payout SET state = 'approved' WHERE state = 'draft'",
    "payout_sent_by_file_or_by_hand": "UPDATE payouts_payout SET sent_at = now() WHERE state = 'approved'",
    "payout_ends_with_a_reason": "UPDATE payouts_payout SET reason = 'x' WHERE state = 'draft'",
    "payout_cleared_after_it_bounced": "UPDATE payouts_payout SET cleared_at = now() WHERE state = 'draft'",
    "payout_never_left_is_owed_again": "UPDATE payouts_payout SET never_left = true WHERE state = 'draft'",
    "payout_line_moves_money": f"{LINE} VALUES ({DRAFT}, {FREE_ENTRY}, 0, 0, true)",
    "payout_is_its_lines":
        "UPDATE payouts_payout SET payable_vnd = payable_vnd + 1, amount_vnd = amount_vnd + 1",
    "payout_line_is_summed": f"{LINE} VALUES ({DRAFT}, {FREE_ENTRY}, 5, 0, true)",
    "payout_line_is_kept": "DELETE FROM payouts_payoutline",
    "bank_file_sends_money": "UPDATE payouts_bankfile SET amount_vnd = 0",
    "bank_result_booked_by_a_person": "UPDATE payouts_bankresult SET booked_by_id = NULL",
    "bank_result_row_names_its_payout":
        "UPDATE payouts_bankresultrow SET amount_vnd = NULL WHERE state <> 'refused'",
}  # fmt: skip
DUES = {
    "due_adds_up": "UPDATE payouts_due SET amount_vnd = amount_vnd + 1",
    "due_pays_something": "UPDATE payouts_due SET amount_vnd = 0, delivery_vnd = 0, vat_vnd = 0, income_tax_vnd = 0",
    "due_is_of_its_kind": "UPDATE payouts_due SET month = NULL WHERE kind = 'tax'",
    "due_four_eyes": "UPDATE payouts_due SET approved_by_id = proposed_by_id WHERE state = 'approved'",
    "due_approved_before_it_is_sent": "UPDATE payouts_due SET state = 'approved' WHERE state = 'draft'",
    "due_sent_names_its_transfer": "UPDATE payouts_due SET bank_ref = '' WHERE state = 'sent'",
    "due_never_left_is_owed_again": "UPDATE payouts_due SET never_left = true WHERE state = 'sent'",
    "due_void_with_a_reason": "UPDATE payouts_due SET reason = '' WHERE state = 'bounced'",
}
CARRIERS = {
    "remittance_booked_by_a_person": "UPDATE fulfilment_remittance SET booked_by_id = NULL",
    "remittance_line_unreadable_is_no_money":
        "UPDATE fulfilment_remittanceline SET collected_vnd = NULL WHERE state = 'booked'",
    "remittance_line_booked_names_its_entry":
        "UPDATE fulfilment_remittanceline SET entry_id = NULL WHERE state = 'booked'",
    "remittance_line_booked_as_it_says":
        "UPDATE fulfilment_remittanceline SET booked_bank_vnd = booked_bank_vnd + 1 WHERE state = 'booked'",
    "remittance_line_decided_by_a_person_with_a_note":
        "UPDATE fulfilment_remittanceline SET note = '' WHERE state = 'decided'",
}  # fmt: skip
ORDERS = {
    "order_total_adds_up": "UPDATE orders_order SET total_vnd = total_vnd + 1",
    "suborder_total_adds_up": "UPDATE orders_suborder SET total_vnd = total_vnd + 1",
    "confirmed_suborder_has_a_clock": "UPDATE orders_suborder SET pack_by = NULL WHERE state = 'shipped'",
    "line_has_a_count": f"UPDATE orders_orderline SET count = 0, line_vnd = 0, {NO_RATES}",
    "line_total_adds_up": f"UPDATE orders_orderline SET line_vnd = line_vnd + 1, {NO_RATES}",
    "line_fee_is_its_rate": "UPDATE orders_orderline SET fee_vnd = fee_vnd + 1",
    "line_taxes_are_their_rates": "UPDATE orders_orderline SET vat_vnd = vat_vnd + 1",
    "line_takes_no_more_than_it_earns":
        "UPDATE orders_orderline SET fee_rate_bp = 10001, fee_vnd = line_vnd * 10001 / 10000",
    "allocation_draws_something": "UPDATE orders_allocation SET qty = 0",
    "part_refund_gives_money": "UPDATE orders_partrefund SET goods_vnd = 0, delivery_vnd = 0",
    "commission_at_most_30_percent": "UPDATE orders_commissionrule SET rate_bp = 3001",
    "commission_days_in_order": "UPDATE orders_commissionrule SET until_day = from_day - 1",
    "withholding_between_0_and_20_percent": "UPDATE orders_withholdingrule SET vat_rate = 0.21",
    "withholding_names_its_law": "UPDATE orders_withholdingrule SET source = ''",
    "tax_month_begins_on_the_first": "UPDATE orders_taxmonth SET first_day = first_day + 1",
    "withholding_days_in_order": "UPDATE orders_withholdingrule SET until_day = from_day - 1",
    "ended_shipment_says_when": "UPDATE fulfilment_shipment SET state = 'delivered'",
    "phone_has_few_open_cash_orders": "UPDATE checkout_cashphone SET open_count = 4",
    "account_change_names_a_bank": "UPDATE farmers_bankaccountchange SET bank_bin = 'VCB'",
}  # fmt: skip
STOCK = {
    "lot_never_negative": "UPDATE stock_lot SET spoiled_qty = harvested_qty + 1",
    "lot_is_best_after_harvest": "UPDATE stock_lot SET best_before = harvested_on - 1",
    "reservation_holds_something": "UPDATE stock_reservation SET qty = 0",
    "movement_moves_something": "UPDATE stock_movement SET qty = 0",
    "watch_is_of_one_product_or_one_listing": "UPDATE stock_watch SET product_id = NULL",
    "watch_knows_whom_only_while_it_lives": "UPDATE stock_watch SET contact = ''",
    "watch_ends_once":
        "UPDATE stock_watch SET confirmed_at = now(), told_at = now(), stopped_at = now(), contact = ''",
    "watch_is_told_only_when_confirmed":
        "UPDATE stock_watch SET told_at = now(), confirmed_at = NULL, contact = ''",
}  # fmt: skip
FORBIDDEN = INTAKE | PAYOUTS | DUES | CARRIERS | ORDERS | STOCK
