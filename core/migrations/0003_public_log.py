from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0002_cache_table'),
    ]

    operations = [
        migrations.CreateModel(
            name='LogLeaf',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveBigIntegerField(help_text='0-based place in the tree', unique=True)),
                ('kind', models.CharField(db_index=True, max_length=40)),
                ('content', models.TextField(help_text='canonical JSON; public')),
                ('leaf_hash', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['number'],
            },
        ),
    ]
