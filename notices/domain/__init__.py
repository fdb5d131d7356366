"""Rules of telling people, as plain functions."""
