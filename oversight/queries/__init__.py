"""Reads of the regulator's ledger."""

from oversight.queries.board import MEASURES, Board, board_authorities, board_of, get_board_authority
from oversight.queries.enterprise_file import EnterpriseFile, enterprise_file, files_for
from oversight.queries.follow_ups import check_may_see, filtered, follow_ups_for, get_follow_up

__all__ = [
    "MEASURES",
    "Board",
    "EnterpriseFile",
    "board_authorities",
    "board_of",
    "check_may_see",
    "enterprise_file",
    "files_for",
    "filtered",
    "follow_ups_for",
    "get_board_authority",
    "get_follow_up",
]
