"""What payments announce to the rooms above, inside the transaction of the act.

A receiver that fails undoes the act: the notification stays unapplied in the inbox and is tried again. One that locks
payments may lock those only that it names in its answer to `payments_together`.
"""

from django.dispatch import Signal

#: (sender, payment_ids) – asked before they are locked: receivers answer with the ids of all payments of the same purchases
payments_together = Signal()
#: (sender, payment, late: bool) – the money is there; late = it had failed, expired or been cancelled
payment_settled = Signal()
#: (sender, payment) – its gateway has the money and doubts it: nothing is decided
payment_held = Signal()
#: (sender, payment, was_held: bool) – this attempt came to nothing; another payment may be opened
payment_failed = Signal()
#: (sender, payment) – nobody paid in time, or (still pending, `let_go_at` set) the gateway still doubts the money
payment_expired = Signal()
#: (sender, payment) – we took the request back before it was paid, or (still pending) while the gateway doubts it
payment_cancelled = Signal()
#: (sender, payment) – the buyer's bank disputes a settled payment, or (state charged_back) has taken it back, or
#: (state settled again) has decided for us
payment_disputed = Signal()
#: (sender, credit) – money came by transfer for a payment and waits for the rest, will go back, or went back
credit_moved = Signal()
#: (sender, refund) – the money is back with the buyer
refund_done = Signal()
#: (sender, refund) – the gateway could not give it back; the finance desk has it now
refund_failed = Signal()
#: (sender, about, words, amount_vnd: int) – the bank returned what we had sent: a credit will bring it
money_returned = Signal()
