"""The acts of taking and giving back money.

`facts` decides what a fact changes; `inbox` stores what gateways say before it is believed, `forged` counts what proves
nothing;
`charges` opens, begins, asks, ends a payment; `refunds` gives money back, `approvals` has two people decide on
much of it, `taken_back` closes what a bank gave back itself, `asides` books money of which only a message set aside tells;
`credits` books what comes to the bank account (`intake.matching` finds whose it is), `countings` what of it gateways and
carriers account for, `givings` what of it goes back to whoever sent it; `statements` reads credits from a file;
`remittances` enters what gateways sent to the bank; `gateways` chooses and tries ways to pay, `wishes` has two people
decide where their money goes.
"""

from payments.intake.services.approvals import approve_refund, given_alone_vnd, needs_two, reject_refund
from payments.intake.services.asides import book_aside, books_as
from payments.intake.services.cash import cash_handed_over
from payments.intake.services.charges import (
    ask_again,
    ask_now,
    begin,
    cancel,
    close_charge,
    expire,
    open_,
    open_all,
    open_with,
    rest_of,
    settle_by_hand,
    start_again,
)
from payments.intake.services.countings import (
    counting_undone,
    credit_counted,
    credit_kept,
    credit_let_go,
    may_be_counted,
)
from payments.intake.services.credits import credit_arrived, credits_assigned
from payments.intake.services.disputes import note_payment
from payments.intake.services.facts import apply, whole
from payments.intake.services.gateways import Saved, Wish, choose, give_trial_back, open_trial, trial_vnd
from payments.intake.services.givings import (
    ask_to_give_back,
    asking_withdrawn,
    credit_given_back,
    giving_needs_two,
)
from payments.intake.services.inbox import handled, refuse, sweep, take
from payments.intake.services.late import ask_late
from payments.intake.services.refunds import (
    ask_refund,
    follow,
    gateway_gave,
    gateway_gave_not,
    give_back,
    refund_by_hand_done,
    send,
    send_again,
    to_hand,
)
from payments.intake.services.remittances import gateway_remits
from payments.intake.services.statements import book_rows, book_statement, check_statement
from payments.intake.services.taken_back import bank_gave_back
from payments.intake.services.wishes import confirm_wish, refuse_wish

__all__ = [
    "Saved",
    "Wish",
    "apply",
    "approve_refund",
    "ask_again",
    "ask_late",
    "ask_now",
    "ask_refund",
    "ask_to_give_back",
    "asking_withdrawn",
    "bank_gave_back",
    "begin",
    "book_aside",
    "book_rows",
    "book_statement",
    "books_as",
    "cancel",
    "cash_handed_over",
    "check_statement",
    "choose",
    "close_charge",
    "confirm_wish",
    "counting_undone",
    "credit_arrived",
    "credit_counted",
    "credit_given_back",
    "credit_kept",
    "credit_let_go",
    "credits_assigned",
    "expire",
    "follow",
    "gateway_gave",
    "gateway_gave_not",
    "gateway_remits",
    "give_back",
    "give_trial_back",
    "given_alone_vnd",
    "giving_needs_two",
    "handled",
    "may_be_counted",
    "needs_two",
    "note_payment",
    "open_",
    "open_all",
    "open_trial",
    "open_with",
    "refund_by_hand_done",
    "refuse",
    "refuse_wish",
    "reject_refund",
    "rest_of",
    "send",
    "send_again",
    "settle_by_hand",
    "start_again",
    "sweep",
    "take",
    "to_hand",
    "trial_vnd",
    "whole",
]
