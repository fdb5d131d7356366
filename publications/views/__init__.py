"""Pages of this room: for the public without login, and for the staff."""
