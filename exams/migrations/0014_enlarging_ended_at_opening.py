from django.db import migrations


def end_enlarging(apps, schema_editor):
    """Rounds whose first sitting opened before the rule was there."""
    sitting, draw = apps.get_model("exams", "Sitting"), apps.get_model("draws", "Draw")
    opened = sitting.objects.filter(number=1, opened_at__isnull=False, round__draw__isnull=False)
    for draw_id, opened_at in opened.values_list("round__draw_id", "opened_at"):
        draw.objects.filter(pk=draw_id, enlarging_ended_at=None).update(enlarging_ended_at=opened_at)


class Migration(migrations.Migration):

    dependencies = [
        ('exams', '0013_paper_alarms'),
        ('draws', '0007_enlarging_ended'),
    ]

    operations = [
        migrations.RunPython(end_enlarging, migrations.RunPython.noop),
    ]
