import core.models
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='EnterpriseImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=core.models.new_public_id, editable=False, max_length=32, unique=True)),
                ('state', models.CharField(choices=[('preview', '待确认'), ('applied', '已导入'), ('cancelled', '已取消')], default='preview', max_length=10)),
                ('file_name', models.CharField(max_length=200)),
                ('file_sha256', models.CharField(max_length=64)),
                ('file_sealed', models.BinaryField(null=True)),
                ('summary', models.JSONField(default=dict, help_text='counts of new, changed, unchanged rows and of errors')),
                ('problems', models.JSONField(default=list, help_text='row, column, code and message of each error; no private datum')),
                ('created_by_user_id', models.BigIntegerField(help_text='accounts are above this app, hence no foreign key')),
                ('created_at', models.DateTimeField()),
                ('applied_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['-created_at'],
            },
        ),
        migrations.CreateModel(
            name='HazardTag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=12, unique=True)),
                ('name', models.CharField(max_length=40, unique=True)),
                ('needs_safety_director', models.BooleanField(default=False)),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'ordering': ['position', 'code'],
            },
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=core.models.new_public_id, editable=False, max_length=32, unique=True)),
                ('name', models.CharField(max_length=60)),
                ('name_sort_key', models.CharField(blank=True, help_text='pinyin, surname first', max_length=160)),
                ('id_type', models.CharField(choices=[('ID', '居民身份证'), ('PASSPORT', '护照'), ('HMT', '港澳台居民居住证'), ('OTHER', '其他')], default='ID', max_length=10)),
                ('id_number_sealed', models.BinaryField()),
                ('id_number_digest', models.CharField(help_text='keyed digest over type and number', max_length=64, unique=True)),
                ('id_number_masked', models.CharField(max_length=40)),
                ('phone', models.CharField(blank=True, db_index=True, help_text='E.164', max_length=20)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['name_sort_key', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Area',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=12)),
                ('name', models.CharField(max_length=60)),
                ('path', models.CharField(db_index=True, max_length=120)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, help_text='last day, inclusive; empty while in force', null=True)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='registry.area')),
            ],
            options={
                'ordering': ['path'],
            },
        ),
        migrations.CreateModel(
            name='Authority',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=core.models.new_public_id, editable=False, max_length=32, unique=True)),
                ('code', models.CharField(max_length=20, unique=True)),
                ('name', models.CharField(max_length=60, unique=True)),
                ('kind', models.CharField(choices=[('office', '区安委办'), ('department', '行业主管部门'), ('street', '乡街')], max_length=12)),
                ('contact', models.CharField(blank=True, help_text='where objections go; printed on public pages', max_length=120)),
                ('settings', models.JSONField(blank=True, default=dict, help_text='rules of product.md section 4 that this authority sets')),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='authorities', to='registry.area')),
            ],
            options={
                'ordering': ['kind', 'code'],
            },
        ),
        migrations.CreateModel(
            name='Industry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=12, unique=True)),
                ('name', models.CharField(max_length=40, unique=True)),
                ('is_high_hazard', models.BooleanField(default=False)),
                ('needs_safety_director', models.BooleanField(default=False, help_text='one of the seven industries in which size decides (product.md section 4)')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='registry.industry')),
            ],
            options={
                'ordering': ['position', 'code'],
            },
        ),
        migrations.CreateModel(
            name='Enterprise',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=core.models.new_public_id, editable=False, max_length=32, unique=True)),
                ('uscc', models.CharField(help_text='统一社会信用代码, GB 32100', max_length=18, unique=True)),
                ('name', models.CharField(db_index=True, max_length=120)),
                ('employees', models.PositiveIntegerField(blank=True, null=True)),
                ('revenue_10k', models.DecimalField(blank=True, decimal_places=2, help_text='年主营业务收入, in 10,000 yuan', max_digits=14, null=True)),
                ('is_large_scale', models.BooleanField(default=False)),
                ('is_high_hazard', models.BooleanField(default=False)),
                ('needs_safety_director', models.BooleanField(default=False)),
                ('flags_rule_date', models.DateField(blank=True, help_text='date of the rule that the flags were computed by', null=True)),
                ('is_active', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='enterprises', to='registry.area')),
                ('authority', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='enterprises', to='registry.authority')),
                ('tags', models.ManyToManyField(blank=True, related_name='enterprises', to='registry.hazardtag')),
                ('industry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='enterprises', to='registry.industry')),
            ],
            options={
                'ordering': ['name', 'uscc'],
            },
        ),
        migrations.AddField(
            model_name='authority',
            name='industries',
            field=models.ManyToManyField(blank=True, related_name='authorities', to='registry.industry'),
        ),
        migrations.CreateModel(
            name='Appointment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=core.models.new_public_id, editable=False, max_length=32, unique=True)),
                ('post', models.CharField(choices=[('principal', '主要负责人'), ('safety_manager', '安全管理人员'), ('safety_director', '安全总监'), ('other', '其他')], max_length=16)),
                ('capacity', models.CharField(blank=True, choices=[('legal_representative', '法定代表人'), ('actual_controller', '实际控制人')], max_length=24)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, help_text='last day, inclusive; empty while in force', null=True)),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='registry.enterprise')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='registry.person')),
            ],
            options={
                'ordering': ['-valid_from', 'pk'],
            },
        ),
        migrations.AddConstraint(
            model_name='area',
            constraint=models.UniqueConstraint(fields=('code', 'valid_from'), name='area_code_from'),
        ),
        migrations.AddConstraint(
            model_name='area',
            constraint=models.UniqueConstraint(condition=models.Q(('valid_to', None)), fields=('code',), name='area_code_in_force'),
        ),
        migrations.AddConstraint(
            model_name='area',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='area_dates'),
        ),
        migrations.AddConstraint(
            model_name='enterprise',
            constraint=models.CheckConstraint(condition=models.Q(('revenue_10k', None), ('revenue_10k__gte', 0), _connector='OR'), name='revenue_sign'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.UniqueConstraint(condition=models.Q(('valid_to', None)), fields=('person', 'enterprise', 'post'), name='appointment_in_force'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='appointment_dates'),
        ),
    ]
