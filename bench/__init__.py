"""Measurements: `make bench`, or `python -m bench NAME...`. Each module named measure_*.py registers its own."""
