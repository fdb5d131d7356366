from django.db import migrations
from django.db.models import Max


def from_results(apps, schema_editor):
    """Rounds published before the column was there: their last result is the nearest moment that this room knows."""
    exam_round = apps.get_model("exams", "Round")
    for row in exam_round.objects.filter(state__in=["published", "archived"], published_at=None):
        row.published_at = row.candidates.aggregate(at=Max("results__recorded_at"))["at"]
        row.save(update_fields=["published_at"])


class Migration(migrations.Migration):
    dependencies = [
        ("exams", "0007_leave_and_accommodations"),
    ]

    operations = [migrations.RunPython(from_results, migrations.RunPython.noop)]
