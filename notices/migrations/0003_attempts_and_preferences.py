
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notices', '0002_delivery_next_try'),
        ('registry', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Preference',
            fields=[
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='notice_preference', serialize=False, to='registry.person')),
                ('muted', models.JSONField(default=list, help_text='channels: sms, email, chat')),
                ('changed_at', models.DateTimeField()),
            ],
        ),
        migrations.AlterField(
            model_name='delivery',
            name='channel',
            field=models.CharField(help_text='in_app, sms, email or chat', max_length=20),
        ),
        migrations.CreateModel(
            name='DeliveryAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(choices=[('sent', '已送达'), ('failed', '暂时失败'), ('refused', '无法送达')], max_length=8)),
                ('detail', models.CharField(blank=True, max_length=300)),
                ('at', models.DateTimeField()),
                ('delivery', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='log', to='notices.delivery')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
    ]
