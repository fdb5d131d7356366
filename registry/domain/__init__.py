"""Rules about who is regulated, as plain functions."""
