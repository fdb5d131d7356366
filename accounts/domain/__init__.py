"""Rules about accounts, without Django."""
