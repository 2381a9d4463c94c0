"""What is said of a row that was there before: worded once, for the ledger and for the list of codes."""

from __future__ import annotations

REPEATED = "The same contract line was already taken in; it was counted once."
CONFLICT = "The same contract id appears with different content{elsewhere}. Keep the right row or give each its own id."
"""``elsewhere`` names the other place, or is empty."""
