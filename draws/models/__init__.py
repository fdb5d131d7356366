"""Draws: what was committed before the seed, what was typed, and who was drawn."""

from draws.models.draws import Draw, DrawFile, DrawState, SourceEntry
from draws.models.roster import Place, PlaceState, Replacement, RosterEntry, RosterFlag

__all__ = [
    "Draw",
    "DrawFile",
    "DrawState",
    "Place",
    "PlaceState",
    "Replacement",
    "RosterEntry",
    "RosterFlag",
    "SourceEntry",
]
