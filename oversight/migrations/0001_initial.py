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
            name='FollowUp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=core.models.new_public_id, editable=False, max_length=32, unique=True)),
                ('step', models.CharField(choices=[('talk', '约谈'), ('training', '专门培训'), ('rectification', '责令整改'), ('circular', '通报')], max_length=14)),
                ('state', models.CharField(choices=[('open', '待办'), ('done', '已完成')], default='open', max_length=5)),
                ('due_on', models.DateField()),
                ('opened_at', models.DateTimeField()),
                ('done_at', models.DateTimeField(null=True)),
                ('evidence', models.CharField(blank=True, max_length=300)),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='follow_ups', to='registry.authority')),
                ('candidate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='follow_ups', to='exams.candidate')),
                ('done_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['due_on', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('candidate', 'step'), name='follow_up_once')],
            },
        ),
    ]
