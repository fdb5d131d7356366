"""The draw CHOUKAO-DRAW/1 (docs/draw.md) as plain functions: bytes in, bytes out, no clock, no database, no randomness."""
