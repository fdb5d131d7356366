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
            name='Blueprint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=core.models.new_public_id, editable=False, max_length=32, unique=True)),
                ('title', models.CharField(max_length=80)),
                ('marking_rule', models.JSONField(default=dict)),
                ('is_active', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='blueprints', to='registry.authority')),
            ],
            options={
                'ordering': ['title'],
            },
        ),
        migrations.CreateModel(
            name='BankSnapshot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=core.models.new_public_id, editable=False, max_length=32, unique=True)),
                ('content', models.TextField()),
                ('bank_root', models.CharField(max_length=64)),
                ('item_count', models.PositiveIntegerField()),
                ('created_at', models.DateTimeField()),
                ('blueprint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='snapshots', to='question_bank.blueprint')),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='KnowledgePoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, unique=True)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='question_bank.knowledgepoint')),
            ],
            options={
                'ordering': ['position', 'name'],
            },
        ),
        migrations.CreateModel(
            name='BlueprintCell',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('code', models.CharField(max_length=12)),
                ('title', models.CharField(max_length=60)),
                ('kind', models.CharField(max_length=20)),
                ('count', models.PositiveSmallIntegerField()),
                ('mark', models.DecimalField(decimal_places=2, max_digits=5)),
                ('posts', models.JSONField(default=list)),
                ('difficulty_from', models.DecimalField(blank=True, decimal_places=2, max_digits=3, null=True)),
                ('difficulty_to', models.DecimalField(blank=True, decimal_places=2, max_digits=3, null=True)),
                ('blueprint', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cells', to='question_bank.blueprint')),
                ('industries', models.ManyToManyField(blank=True, to='registry.industry')),
                ('knowledge_points', models.ManyToManyField(blank=True, to='question_bank.knowledgepoint')),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=core.models.new_public_id, editable=False, max_length=32, unique=True)),
                ('pool', models.CharField(choices=[('practice', '练习题库'), ('exam', '考试题库')], default='exam', max_length=10)),
                ('state', models.CharField(choices=[('draft', '草稿'), ('in_review', '待审'), ('approved', '已通过'), ('retired', '已停用')], default='draft', max_length=10)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='questions', to='registry.authority')),
            ],
            options={
                'ordering': ['-updated_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='QuestionImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=core.models.new_public_id, editable=False, max_length=32, unique=True)),
                ('pool', models.CharField(choices=[('practice', '练习题库'), ('exam', '考试题库')], default='exam', max_length=10)),
                ('state', models.CharField(choices=[('preview', '待确认'), ('applied', '已导入'), ('cancelled', '已取消')], default='preview', max_length=10)),
                ('file_name', models.CharField(max_length=200)),
                ('file_sha256', models.CharField(max_length=64)),
                ('file_content', models.BinaryField(null=True)),
                ('file_format', models.CharField(max_length=20)),
                ('report', models.JSONField(default=dict, help_text='accepted, rejected, duplicates, unsupported, as `import_questions --json` prints them')),
                ('created_at', models.DateTimeField()),
                ('applied_at', models.DateTimeField(null=True)),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.authority')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-created_at'],
            },
        ),
        migrations.CreateModel(
            name='QuestionVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('kind', models.CharField(max_length=20)),
                ('stem', models.TextField(help_text='also in content; here for search')),
                ('content', models.JSONField()),
                ('content_sha256', models.CharField(max_length=64)),
                ('normal_text', models.TextField(help_text='normalised stem and options, for near-duplicate search')),
                ('posts', models.JSONField(default=list, help_text='posts it is meant for; empty: all')),
                ('difficulty', models.DecimalField(decimal_places=2, help_text='0..1: expected share that gets it wrong', max_digits=3)),
                ('law_reference', models.CharField(blank=True, help_text='《…》第…条', max_length=120)),
                ('law_edition', models.CharField(blank=True, max_length=20)),
                ('valid_until', models.DateField(blank=True, null=True)),
                ('mark', models.DecimalField(decimal_places=2, default=1, max_digits=5)),
                ('source', models.CharField(blank=True, max_length=120)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('created_at', models.DateTimeField()),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('industry', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.industry')),
                ('knowledge_point', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='question_bank.knowledgepoint')),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='question_bank.question')),
            ],
            options={
                'ordering': ['question_id', 'number'],
            },
        ),
        migrations.CreateModel(
            name='QuestionReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('decision', models.CharField(choices=[('submitted', '提交审核'), ('approved', '通过'), ('returned', '退回修改'), ('retired', '停用')], max_length=10)),
                ('comment', models.TextField(blank=True)),
                ('decided_at', models.DateTimeField()),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='question_bank.questionversion')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.AddField(
            model_name='question',
            name='current',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='question_bank.questionversion'),
        ),
        migrations.AddConstraint(
            model_name='blueprint',
            constraint=models.UniqueConstraint(fields=('authority', 'title'), name='blueprint_title'),
        ),
        migrations.AddConstraint(
            model_name='blueprintcell',
            constraint=models.UniqueConstraint(fields=('blueprint', 'code'), name='cell_code'),
        ),
        migrations.AddIndex(
            model_name='questionversion',
            index=models.Index(fields=['law_reference'], name='version_law'),
        ),
        migrations.AddIndex(
            model_name='questionversion',
            index=models.Index(fields=['content_sha256'], name='version_hash'),
        ),
        migrations.AddConstraint(
            model_name='questionversion',
            constraint=models.UniqueConstraint(fields=('question', 'number'), name='version_number'),
        ),
        migrations.AddConstraint(
            model_name='questionversion',
            constraint=models.CheckConstraint(condition=models.Q(('difficulty__gte', 0), ('difficulty__lte', 1)), name='difficulty_range'),
        ),
        migrations.AddIndex(
            model_name='question',
            index=models.Index(fields=['pool', 'state'], name='question_pool_state'),
        ),
    ]
