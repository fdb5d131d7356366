"""Reads about who is regulated. Everything about enterprises and people takes an actor."""

from registry.queries.territory import areas_in_subtree, region_of_authority

__all__ = ["areas_in_subtree", "region_of_authority"]
