import core.models
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exams', '0008_published_at_of_old_rounds'),
    ]

    operations = [
        migrations.CreateModel(
            name='DeferralFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=core.models.new_public_id, editable=False, max_length=32, unique=True)),
                ('file_name', models.CharField(max_length=200)),
                ('stored_name', models.CharField(max_length=80, unique=True)),
                ('content_type', models.CharField(max_length=80)),
                ('size_bytes', models.PositiveIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('uploaded_at', models.DateTimeField()),
                ('deferral', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='exams.deferral')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
    ]
