import core.models
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('exams', '0001_initial'),
        ('registry', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Certificate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=core.models.new_public_id, editable=False, max_length=32, unique=True)),
                ('number', models.CharField(max_length=24, unique=True)),
                ('state', models.CharField(choices=[('valid', '有效'), ('revoked', '已撤销'), ('superseded', '已被新证替代')], default='valid', max_length=10)),
                ('content', models.TextField(help_text='canonical JSON: holder, enterprise, post, round, score, dates, issuer')),
                ('content_sha256', models.CharField(max_length=64)),
                ('issued_at', models.DateTimeField()),
                ('valid_until', models.DateField()),
                ('state_changed_at', models.DateTimeField()),
                ('state_reason', models.CharField(blank=True, max_length=300)),
                ('pdf_name', models.CharField(blank=True, help_text='stored file; rendered by a job', max_length=80)),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to='registry.authority')),
                ('candidate', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='certificate', to='exams.candidate')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to='registry.person')),
                ('state_changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-issued_at', '-pk'],
            },
        ),
    ]
