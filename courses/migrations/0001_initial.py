import core.models
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('registry', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Lecture',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=core.models.new_public_id, editable=False, max_length=32, unique=True)),
                ('year', models.PositiveSmallIntegerField()),
                ('half', models.PositiveSmallIntegerField(help_text='1: due 30 June, 2: due 31 December')),
                ('state', models.CharField(choices=[('planned', '已计划'), ('recorded', '已记录'), ('cancelled', '已取消')], default='planned', max_length=10)),
                ('title', models.CharField(max_length=120)),
                ('place', models.CharField(blank=True, max_length=120)),
                ('planned_at', models.DateTimeField()),
                ('held_at', models.DateTimeField(null=True)),
                ('minutes', models.PositiveSmallIntegerField(null=True)),
                ('due_count', models.PositiveIntegerField(help_text='people who should attend', null=True)),
                ('present_count', models.PositiveIntegerField(null=True)),
                ('summary', models.TextField(blank=True)),
                ('recorded_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField()),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lectures', to='registry.enterprise')),
                ('lecturer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lectures', to='registry.person')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-year', '-half', 'enterprise_id'],
            },
        ),
        migrations.CreateModel(
            name='LectureEvidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=core.models.new_public_id, editable=False, max_length=32, unique=True)),
                ('kind', models.CharField(choices=[('outline', '提纲或课件'), ('sign_in', '签到表'), ('photo', '照片'), ('other', '其他')], max_length=8)),
                ('file_name', models.CharField(max_length=200)),
                ('stored_name', models.CharField(max_length=80, unique=True)),
                ('content_type', models.CharField(max_length=80)),
                ('size_bytes', models.PositiveIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('uploaded_at', models.DateTimeField()),
                ('lecture', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='courses.lecture')),
                ('uploaded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['kind', 'pk'],
            },
        ),
        migrations.AddConstraint(
            model_name='lecture',
            constraint=models.CheckConstraint(condition=models.Q(('half__in', [1, 2])), name='lecture_half'),
        ),
        migrations.AddConstraint(
            model_name='lecture',
            constraint=models.CheckConstraint(condition=models.Q(('present_count', None), ('present_count__lte', models.F('due_count')), _connector='OR'), name='lecture_present'),
        ),
        migrations.AddConstraint(
            model_name='lectureevidence',
            constraint=models.UniqueConstraint(fields=('lecture', 'sha256'), name='evidence_once'),
        ),
    ]
