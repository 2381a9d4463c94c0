"""Step 2 of the cycle: where people may be exploited, why, how sure that is, what to do first."""
