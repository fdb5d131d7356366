"""What may be shown to the public, and when: plain rules over plain rows."""
