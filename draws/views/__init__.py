"""Pages of the room: staff, ceremony, the public, and each person's own row."""
