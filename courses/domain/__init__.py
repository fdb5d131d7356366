"""Rules of lectures, as plain functions."""
