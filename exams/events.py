"""News of this room, in the past tense; receivers may enqueue work of their own, never alter a result."""
