from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_role_requests'),
        ('registry', '0001_initial'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='roleassignment',
            name='role_at_authority',
        ),
        migrations.RemoveConstraint(
            model_name='roleassignment',
            name='role_at_enterprise',
        ),
        migrations.AddConstraint(
            model_name='roleassignment',
            constraint=models.UniqueConstraint(condition=models.Q(('authority__isnull', False), ('revoked_at', None), ('valid_to', None)), fields=('user', 'role', 'authority'), name='role_at_authority'),
        ),
        migrations.AddConstraint(
            model_name='roleassignment',
            constraint=models.UniqueConstraint(condition=models.Q(('enterprise__isnull', False), ('revoked_at', None), ('valid_to', None)), fields=('user', 'role', 'enterprise'), name='role_at_enterprise'),
        ),
        migrations.AddConstraint(
            model_name='roleassignment',
            constraint=models.UniqueConstraint(condition=models.Q(('authority', None), ('enterprise', None), ('revoked_at', None), ('valid_to', None)), fields=('user', 'role'), name='role_nowhere'),
        ),
    ]
