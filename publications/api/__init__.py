"""The same queries and actions as the pages, for programs (under /api/v1/)."""
