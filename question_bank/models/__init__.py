"""Questions and their immutable versions, knowledge points, blueprints, bank snapshots, imports."""

from question_bank.models.blueprints import BankSnapshot, Blueprint, BlueprintCell, EnemyPair, PaperForms
from question_bank.models.imports import QuestionImport
from question_bank.models.laws import LawEdition, WithdrawnArticle
from question_bank.models.pictures import Picture
from question_bank.models.questions import (
    KnowledgePoint,
    Pool,
    Question,
    QuestionReview,
    QuestionState,
    QuestionVersion,
)
from question_bank.models.rules import BankRules, PracticeProposal, QuestionComment, SavedFilter
from question_bank.models.search import QuestionText
from question_bank.models.statistics import ItemAnalysis, ItemFlag, ItemStatistic, ItemUse

__all__ = [
    "BankRules",
    "BankSnapshot",
    "Blueprint",
    "BlueprintCell",
    "EnemyPair",
    "ItemAnalysis",
    "ItemFlag",
    "ItemStatistic",
    "ItemUse",
    "KnowledgePoint",
    "LawEdition",
    "PaperForms",
    "Picture",
    "Pool",
    "PracticeProposal",
    "Question",
    "QuestionComment",
    "QuestionImport",
    "QuestionReview",
    "QuestionState",
    "QuestionText",
    "QuestionVersion",
    "SavedFilter",
    "WithdrawnArticle",
]
