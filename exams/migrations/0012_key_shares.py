import core.models
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('exams', '0011_marked_anew'),
    ]

    operations = [
        migrations.CreateModel(
            name='KeyShare',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=core.models.new_public_id, editable=False, max_length=32, unique=True)),
                ('number', models.PositiveSmallIntegerField(help_text='1 or 2: the order in which K is made of them')),
                ('commit', models.CharField(help_text='SHA-256("paper-share/1|<round>|<number>|<share>")', max_length=64)),
                ('share_sealed', models.BinaryField(help_text='until the other share is given, or typed at the opening', null=True)),
                ('given_at', models.DateTimeField()),
                ('opened_at', models.DateTimeField(null=True)),
                ('given_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='key_shares', to='exams.round')),
            ],
            options={
                'ordering': ['round_id', 'number'],
                'constraints': [
                    models.UniqueConstraint(fields=('round', 'number'), name='key_share_number'),
                    models.UniqueConstraint(fields=('round', 'given_by'), name='key_share_two_custodians'),
                    models.UniqueConstraint(fields=('round', 'opened_by'), name='key_share_two_openers'),
                    models.CheckConstraint(condition=models.Q(('number__in', [1, 2])), name='key_share_one_or_two'),
                ],
            },
        ),
    ]
