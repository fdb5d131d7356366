"""A whole exam under attack: real server, real database, clients that keep an outbox, a nemesis, and a checker.

`make chaos` runs all of it; tests/chaos/test_short.py a short run. docs/answers.md says what is demanded.
"""
