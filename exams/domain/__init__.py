"""The rules of sitting an exam, on plain data: no framework, no clock, no unrecorded randomness."""
