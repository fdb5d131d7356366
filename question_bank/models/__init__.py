"""Questions and their immutable versions, knowledge points, blueprints, bank snapshots, imports."""

from question_bank.models.blueprints import BankSnapshot, Blueprint, BlueprintCell
from question_bank.models.imports import QuestionImport
from question_bank.models.questions import (
    KnowledgePoint,
    Pool,
    Question,
    QuestionReview,
    QuestionState,
    QuestionVersion,
)

__all__ = [
    "BankSnapshot",
    "Blueprint",
    "BlueprintCell",
    "KnowledgePoint",
    "Pool",
    "Question",
    "QuestionImport",
    "QuestionReview",
    "QuestionState",
    "QuestionVersion",
]
