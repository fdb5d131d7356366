import core.models
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('exams', '0012_key_shares'),
    ]

    operations = [
        migrations.CreateModel(
            name='PaperAlarm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=core.models.new_public_id, editable=False, max_length=32, unique=True)),
                ('found_sha256', models.CharField(help_text='of everything that was found stored: found once', max_length=64)),
                ('places', models.JSONField(help_text='list of {part, number, path}: where, never what')),
                ('found_at', models.DateTimeField()),
                ('handled_at', models.DateTimeField(null=True)),
                ('note', models.CharField(blank=True, max_length=500)),
                ('handled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('paper', models.ForeignKey(help_text='empty: bank or key of the whole round', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exams.paper')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='paper_alarms', to='exams.round')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [
                    models.UniqueConstraint(fields=('round', 'found_sha256'), name='paper_alarm_once'),
                    models.CheckConstraint(condition=models.Q(('handled_at', None), models.Q(('handled_by__isnull', False), models.Q(('note', ''), _negated=True)), _connector='OR'), name='paper_alarm_handled_with_note'),
                ],
            },
        ),
    ]
