"""Pages of this room: board, follow-ups, files."""
