"""A month of simulated trade through the real services, and what it must come to, worked out without them.

`goods` and `plans` say what is sold and what happens; `town`, `tills`, `market` and `finance` let it happen;
`happened` is the list of it; `plain` reckons from that list alone; `checks` compares. `example` reads
docs/money-by-hand.md, whose household is one of the fifty.
"""
