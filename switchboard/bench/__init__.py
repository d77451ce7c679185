"""``switchboard bench``: the same load of calls, vendors with fixed delays, and what our side adds to them.

plan      what is measured, and how the figures are put together
load      one load: so many callers at once, each its own course
caller    one caller on a media socket; course: what callers do
vendors   the three vendors, on loopback, with audio that says what it is
ledger    when what happened to each utterance, on one clock
served    the server under test, in a process of its own (``server`` is that process)
figures   percentiles, shares, limits: the arithmetic; table: how it is printed
"""
