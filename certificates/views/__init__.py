"""Pages of this room: the holder's, the staff's, and the public verification."""
