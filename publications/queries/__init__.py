"""Reads about publications: the staff's, and the public's."""

from publications.domain.comparison import Difference
from publications.domain.reading import PublicRow, PublicSnapshot
from publications.queries.public import PublicRound, PublicVersion, get_public_file, get_public_round, public_rounds
from publications.queries.results import publication_due_on
from publications.queries.staff import (
    Preview,
    RoundToPublish,
    check_may_see,
    difference_to_previous,
    get_publication,
    get_round_to_publish,
    history_of,
    last_public_of,
    preview,
    publications_for,
    published_of,
    require_may_correct,
    require_may_propose,
    require_may_withdraw,
    rounds_to_publish,
)

__all__ = [
    "Difference",
    "Preview",
    "PublicRound",
    "PublicRow",
    "PublicSnapshot",
    "PublicVersion",
    "RoundToPublish",
    "check_may_see",
    "difference_to_previous",
    "get_public_file",
    "get_public_round",
    "get_publication",
    "get_round_to_publish",
    "history_of",
    "last_public_of",
    "preview",
    "public_rounds",
    "publication_due_on",
    "publications_for",
    "published_of",
    "require_may_correct",
    "require_may_propose",
    "require_may_withdraw",
    "rounds_to_publish",
]
