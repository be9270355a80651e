"""What payments announce to the rooms above, inside the transaction of the act.

A receiver that fails undoes the act: the notification stays unapplied in the inbox and is tried again.
"""

from django.dispatch import Signal

#: (sender, payment, late: bool) – the money is there; late = it had failed, expired or been cancelled
payment_settled = Signal()
#: (sender, payment) – this attempt came to nothing; another payment may be opened
payment_failed = Signal()
#: (sender, payment) – nobody paid in time
payment_expired = Signal()
#: (sender, payment) – we took the request back before it was paid
payment_cancelled = Signal()
#: (sender, payment) – the buyer's bank disputes a settled payment, or (state charged_back) has taken it back
payment_disputed = Signal()
#: (sender, credit) – money came by transfer for a payment and waits for the rest, will go back, or went back
credit_moved = Signal()
#: (sender, refund) – the money is back with the buyer
refund_done = Signal()
#: (sender, refund) – the gateway could not give it back; the finance desk has it now
refund_failed = Signal()
