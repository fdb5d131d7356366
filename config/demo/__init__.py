"""The demo district: invented enterprises and people, and two quarters built through the same actions that people use."""
