"""Step 5 of the cycle: reports that people can act on and defend."""
