"""Search that works for Chinese: the current words of a question in a narrow table, with an index of character grams.

SQLite: an FTS5 table with the trigram tokenizer, kept by triggers. PostgreSQL: a GIN index over an array of bigrams made by
a function of our own, which needs no extension, works under any locale, and serves words of two characters.
"""

import sys
from typing import Any, ClassVar

from django.db import models
from django.db.models.lookups import Lookup

from question_bank.models.questions import Question

FTS_TABLE = "question_bank_fts"
# The tokenizer knows runs of three characters. Of a shorter word all runs that begin with it are asked for; where there is
# none, for one that cannot be.
_SHORTEST = 3
_BEGINNING = (
    """(SELECT coalesce(group_concat('"' || replace(term, '"', '""') || '"', ' OR '), '"' || char(1, 1, 1) || '"') """
    "FROM question_bank_grams WHERE term >= %s AND term < %s)"
)


class SearchTextField(models.TextField):
    """Text with the lookup `has`: contains this run of characters."""


@SearchTextField.register_lookup
class Has(Lookup):
    """`text__has="安全生产"`, by the index of the database."""

    lookup_name = "has"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Reads through: any database."""
        left, params = self.process_lhs(compiler, connection)
        return f"{left} LIKE %s ESCAPE '\\'", (*params, f"%{_escaped(self.rhs)}%")

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """By FTS5: a phrase of trigrams; a shorter word by all trigrams that begin with it."""
        table = compiler.quote_name_unless_alias(self.lhs.alias)
        found = f"{table}.question_id IN (SELECT rowid FROM {FTS_TABLE} WHERE text MATCH "  # noqa: S608 - our own names  # nosec B608
        if len(self.rhs) < _SHORTEST:
            return f"{found}{_BEGINNING})", (self.rhs, self.rhs + chr(sys.maxunicode))
        word = self.rhs.replace('"', '""')
        return f"{found}%s)", (f'"{word}"',)

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """By the bigrams; what shares them all in another order is sorted out by reading it."""
        plain, params = self.as_sql(compiler, connection)
        if len(self.rhs) < 2:
            return plain, params
        left, left_params = self.process_lhs(compiler, connection)
        return f"choukao_grams({left}) @> choukao_grams(%s) AND {plain}", (*left_params, self.rhs, *params)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


class QuestionText(models.Model):
    """Normal text and law reference of a question's current version: a copy, written with the version, for search alone."""

    question = models.OneToOneField(Question, primary_key=True, on_delete=models.CASCADE, related_name="words")
    text = SearchTextField()

    class Meta:
        ordering: ClassVar[list[str]] = ["question_id"]

    def __str__(self) -> str:
        return self.text[:30]
