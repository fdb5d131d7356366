"""The words of every question into the search table, and the index that finds them."""

from django.db import migrations

from question_bank.domain.similarity import letters

# Trigrams of SQLite's own; the table keeps no copy of the text, triggers keep it true.
SQLITE = (
    "CREATE VIRTUAL TABLE question_bank_fts USING fts5("
    "text, content='question_bank_questiontext', content_rowid='question_id', tokenize='trigram')",
    "CREATE VIRTUAL TABLE question_bank_grams USING fts5vocab('question_bank_fts', 'row')",
    "CREATE TRIGGER question_bank_fts_insert AFTER INSERT ON question_bank_questiontext BEGIN "
    "INSERT INTO question_bank_fts(rowid, text) VALUES (new.question_id, new.text); END",
    "CREATE TRIGGER question_bank_fts_delete AFTER DELETE ON question_bank_questiontext BEGIN "
    "INSERT INTO question_bank_fts(question_bank_fts, rowid, text) VALUES ('delete', old.question_id, old.text); END",
    "CREATE TRIGGER question_bank_fts_update AFTER UPDATE ON question_bank_questiontext BEGIN "
    "INSERT INTO question_bank_fts(question_bank_fts, rowid, text) VALUES ('delete', old.question_id, old.text); "
    "INSERT INTO question_bank_fts(rowid, text) VALUES (new.question_id, new.text); END",
)
SQLITE_BACK = (
    "DROP TRIGGER IF EXISTS question_bank_fts_insert",
    "DROP TRIGGER IF EXISTS question_bank_fts_delete",
    "DROP TRIGGER IF EXISTS question_bank_fts_update",
    "DROP TABLE IF EXISTS question_bank_grams",
    "DROP TABLE IF EXISTS question_bank_fts",
)
# All pairs of neighbouring characters: pg_trgm needs an extension, knows no word of two characters, and under the C locale
# no Chinese at all.
POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION choukao_grams(source text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS "
    "$$ SELECT coalesce(array_agg(DISTINCT substr(source, place, 2)), ARRAY[]::text[]) "
    "FROM generate_series(1, greatest(char_length(source) - 1, 0)) AS place $$",
    "CREATE INDEX question_bank_grams ON question_bank_questiontext USING gin (choukao_grams(text))",
)
POSTGRESQL_BACK = (
    "DROP INDEX IF EXISTS question_bank_grams",
    "DROP FUNCTION IF EXISTS choukao_grams(text)",
)


def forwards(apps, schema_editor):
    statements = {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]
    for statement in statements:
        schema_editor.execute(statement)
    fill(apps)


def fill(apps):
    versions = apps.get_model("question_bank", "QuestionVersion").objects
    words = apps.get_model("question_bank", "QuestionText").objects
    current = versions.filter(pk__in=apps.get_model("question_bank", "Question").objects.values("current"))
    batch = []
    for row in current.values_list("question_id", "normal_text", "law_reference").iterator(chunk_size=1000):
        question, text, law = row
        batch.append(words.model(question_id=question, text=f"{text.partition('|')[2]}|{letters(law)}||"))
        if len(batch) == 1000:
            words.bulk_create(batch)
            batch = []
    words.bulk_create(batch)


def backwards(apps, schema_editor):
    statements = {"sqlite": SQLITE_BACK, "postgresql": POSTGRESQL_BACK}[schema_editor.connection.vendor]
    for statement in statements:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("question_bank", "0008_search_text")]
    operations = [migrations.RunPython(forwards, backwards)]
