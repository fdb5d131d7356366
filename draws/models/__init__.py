"""Draws: what was committed before the seed, what was typed, who was drawn, and what is printed about it."""

from draws.models.documents import CertificateTerm, DrawDocument, Evidence, Minutes
from draws.models.draws import Draw, DrawFile, DrawState, SourceEntry
from draws.models.enlargements import Enlargement
from draws.models.roster import Place, PlaceState, Replacement, RosterEntry, RosterFlag

__all__ = [
    "CertificateTerm",
    "Draw",
    "DrawDocument",
    "DrawFile",
    "DrawState",
    "Enlargement",
    "Evidence",
    "Minutes",
    "Place",
    "PlaceState",
    "Replacement",
    "RosterEntry",
    "RosterFlag",
    "SourceEntry",
]
