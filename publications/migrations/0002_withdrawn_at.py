"""When a publication was withdrawn; its note says why."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("publications", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="publication",
            name="withdrawn_at",
            field=models.DateTimeField(null=True),
        ),
    ]
