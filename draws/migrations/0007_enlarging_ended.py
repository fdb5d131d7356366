from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('draws', '0006_enlargements'),
    ]

    operations = [
        migrations.AddField(
            model_name='draw',
            name='enlarging_ended_at',
            field=models.DateTimeField(help_text='the first sitting opened: nobody more is called', null=True),
        ),
    ]
