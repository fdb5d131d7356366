"""The ladder after failure, and what the board counts: plain rules."""
