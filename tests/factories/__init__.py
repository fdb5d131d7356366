"""Minimal rows for tests: plain functions `make_x(**over)`, one module per room."""
