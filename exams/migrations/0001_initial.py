import core.models
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('draws', '0001_initial'),
        ('question_bank', '0001_initial'),
        ('registry', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Candidate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=core.models.new_public_id, editable=False, max_length=32, unique=True)),
                ('post', models.CharField(choices=[('principal', '主要负责人'), ('safety_manager', '安全管理人员'), ('safety_director', '安全总监'), ('other', '其他')], max_length=16)),
                ('enterprise_name', models.CharField(max_length=120)),
                ('uscc', models.CharField(max_length=18)),
                ('pid', models.CharField(max_length=64)),
                ('is_must_sit', models.BooleanField(default=False, help_text='outside the draw, counted apart')),
                ('state', models.CharField(choices=[('drawn', '已抽中'), ('must_sit', '必考'), ('notified', '已通知'), ('confirmed', '已确认'), ('deferred', '缓考'), ('checked_in', '已签到'), ('sitting', '答题中'), ('submitted', '已交卷'), ('timed_out', '超时收卷'), ('absent', '缺考'), ('misconduct', '违纪'), ('invalid', '无效'), ('passed', '合格'), ('failed', '不合格'), ('makeup', '待补考'), ('follow_up', '待处置')], max_length=12)),
                ('score', models.DecimalField(decimal_places=2, help_text='of the latest grading; a cache', max_digits=6, null=True)),
                ('notified_at', models.DateTimeField(null=True)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('state_changed_at', models.DateTimeField()),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.area')),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='candidacies', to='registry.enterprise')),
                ('industry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.industry')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='candidacies', to='registry.person')),
            ],
            options={
                'ordering': ['enterprise_name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=core.models.new_public_id, editable=False, max_length=32, unique=True)),
                ('state', models.CharField(choices=[('open', '答题中'), ('submitted', '已交卷'), ('timed_out', '超时收卷'), ('void', '作废')], default='open', max_length=10)),
                ('epoch', models.PositiveIntegerField(default=0)),
                ('opened_at', models.DateTimeField()),
                ('deadline', models.DateTimeField(help_text='with extensions; the cache of opened_at + minutes + extensions, capped')),
                ('grace_seconds', models.PositiveSmallIntegerField()),
                ('next_sseq', models.PositiveBigIntegerField(default=1)),
                ('head', models.CharField(max_length=64)),
                ('answers', models.JSONField(default=dict, help_text='effective answers, written at close')),
                ('finished_at', models.DateTimeField(null=True)),
                ('final_receipt', models.TextField(blank=True)),
                ('graded_at', models.DateTimeField(null=True)),
                ('candidate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attempts', to='exams.candidate')),
            ],
        ),
        migrations.CreateModel(
            name='ConflictEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cid', models.CharField(blank=True, max_length=64)),
                ('code', models.CharField(max_length=40)),
                ('payload', models.TextField()),
                ('server_ts', models.DateTimeField()),
                ('attempt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='conflicts', to='exams.attempt')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Paper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content', models.TextField(help_text='canonical JSON for the candidate: opaque item and option ids')),
                ('sha256', models.CharField(max_length=64)),
                ('answer_key', models.TextField(help_text='canonical JSON: opaque item id → item@version, kind, mark, rule, key')),
                ('created_at', models.DateTimeField()),
                ('candidate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='exams.candidate')),
            ],
        ),
        migrations.AddField(
            model_name='attempt',
            name='paper',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='attempt', to='exams.paper'),
        ),
        migrations.CreateModel(
            name='Round',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=core.models.new_public_id, editable=False, max_length=32, unique=True)),
                ('year', models.PositiveSmallIntegerField()),
                ('quarter', models.PositiveSmallIntegerField()),
                ('title', models.CharField(max_length=80)),
                ('state', models.CharField(choices=[('planned', '已计划'), ('frozen', '名册已冻结'), ('drawn', '已抽签'), ('notified', '已通知'), ('open', '考试中'), ('closed', '考试结束'), ('graded', '已评分'), ('published', '已公示'), ('archived', '已归档'), ('cancelled', '已取消')], default='planned', max_length=10)),
                ('total_mark', models.DecimalField(decimal_places=2, max_digits=6)),
                ('pass_mark', models.DecimalField(decimal_places=2, max_digits=6)),
                ('minutes', models.PositiveSmallIntegerField()),
                ('grace_seconds', models.PositiveSmallIntegerField(default=30)),
                ('paper_key_sealed', models.BinaryField(null=True)),
                ('paper_key_commit', models.CharField(blank=True, max_length=64)),
                ('paper_key_revealed', models.CharField(blank=True, help_text='K, after the results are published', max_length=64)),
                ('created_at', models.DateTimeField()),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rounds', to='registry.authority')),
                ('bank_snapshot', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='rounds', to='question_bank.banksnapshot')),
                ('blueprint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rounds', to='question_bank.blueprint')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('draw', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='round', to='draws.draw')),
            ],
            options={
                'ordering': ['-year', '-quarter', 'authority_id'],
            },
        ),
        migrations.AddField(
            model_name='candidate',
            name='round',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='candidates', to='exams.round'),
        ),
        migrations.CreateModel(
            name='Sitting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=core.models.new_public_id, editable=False, max_length=32, unique=True)),
                ('number', models.PositiveSmallIntegerField()),
                ('state', models.CharField(choices=[('planned', '未开始'), ('open', '进行中'), ('closed', '已结束')], default='planned', max_length=8)),
                ('place', models.CharField(blank=True, max_length=120)),
                ('opens_at', models.DateTimeField()),
                ('last_start_at', models.DateTimeField()),
                ('hard_end_at', models.DateTimeField()),
                ('opening_code', models.CharField(blank=True, help_text='read out when the sitting opens; part of PAPER/1', max_length=16)),
                ('opened_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('opened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sittings', to='exams.round')),
            ],
            options={
                'ordering': ['round_id', 'number'],
            },
        ),
        migrations.AddField(
            model_name='paper',
            name='sitting',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='exams.sitting'),
        ),
        migrations.CreateModel(
            name='Extension',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=core.models.new_public_id, editable=False, max_length=32, unique=True)),
                ('seconds', models.PositiveIntegerField()),
                ('reason', models.CharField(max_length=300)),
                ('requested_at', models.DateTimeField()),
                ('approved_at', models.DateTimeField(null=True)),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('attempt', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='extensions', to='exams.attempt')),
                ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('sitting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='extensions', to='exams.sitting')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.AddField(
            model_name='attempt',
            name='sitting',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attempts', to='exams.sitting'),
        ),
        migrations.CreateModel(
            name='AnswerEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cid', models.CharField(max_length=64)),
                ('seq', models.PositiveBigIntegerField()),
                ('epoch', models.PositiveIntegerField()),
                ('item', models.CharField(max_length=64)),
                ('answer', models.TextField(help_text='canonical JSON; null clears')),
                ('sha256', models.CharField(max_length=64)),
                ('client_ms', models.BigIntegerField()),
                ('client_mono_ms', models.BigIntegerField()),
                ('server_ts', models.DateTimeField()),
                ('late', models.BooleanField()),
                ('sseq', models.PositiveBigIntegerField()),
                ('chain', models.CharField(max_length=64)),
                ('receipt', models.TextField()),
                ('via', models.CharField(default='page', help_text='page or file', max_length=8)),
                ('attempt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='exams.attempt')),
            ],
            options={
                'ordering': ['attempt_id', 'sseq'],
                'constraints': [models.UniqueConstraint(fields=('attempt', 'cid', 'seq'), name='event_once'), models.UniqueConstraint(fields=('attempt', 'sseq'), name='event_sseq')],
            },
        ),
        migrations.CreateModel(
            name='Grading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('score', models.DecimalField(decimal_places=2, max_digits=6)),
                ('item_marks', models.TextField(help_text='canonical JSON: opaque item id → mark and verdict')),
                ('answers_sha256', models.CharField(max_length=64)),
                ('key_sha256', models.CharField(max_length=64)),
                ('reason', models.CharField(max_length=200)),
                ('graded_at', models.DateTimeField()),
                ('attempt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='gradings', to='exams.attempt')),
            ],
            options={
                'ordering': ['attempt_id', 'number'],
                'constraints': [models.UniqueConstraint(fields=('attempt', 'number'), name='grading_number')],
            },
        ),
        migrations.CreateModel(
            name='Lease',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('epoch', models.PositiveIntegerField()),
                ('cid', models.CharField(max_length=64)),
                ('opened_at', models.DateTimeField()),
                ('address', models.CharField(blank=True, max_length=64)),
                ('user_agent', models.CharField(blank=True, max_length=300)),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('attempt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='leases', to='exams.attempt')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('attempt', 'epoch'), name='lease_epoch')],
            },
        ),
        migrations.AddConstraint(
            model_name='round',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'cancelled'), _negated=True), fields=('authority', 'year', 'quarter'), name='one_live_round'),
        ),
        migrations.AddConstraint(
            model_name='round',
            constraint=models.CheckConstraint(condition=models.Q(('pass_mark__gt', 0), ('pass_mark__lte', models.F('total_mark'))), name='round_pass_mark'),
        ),
        migrations.AddIndex(
            model_name='candidate',
            index=models.Index(fields=['round', 'state'], name='candidate_state'),
        ),
        migrations.AddConstraint(
            model_name='candidate',
            constraint=models.UniqueConstraint(fields=('round', 'person'), name='candidate_once'),
        ),
        migrations.AddConstraint(
            model_name='candidate',
            constraint=models.UniqueConstraint(fields=('round', 'pid'), name='candidate_pid'),
        ),
        migrations.AddConstraint(
            model_name='sitting',
            constraint=models.UniqueConstraint(fields=('round', 'number'), name='sitting_number'),
        ),
        migrations.AddConstraint(
            model_name='sitting',
            constraint=models.CheckConstraint(condition=models.Q(('opens_at__lt', models.F('last_start_at')), ('last_start_at__lte', models.F('hard_end_at'))), name='sitting_window'),
        ),
        migrations.AddConstraint(
            model_name='paper',
            constraint=models.UniqueConstraint(fields=('candidate', 'sitting'), name='one_paper'),
        ),
        migrations.AddConstraint(
            model_name='extension',
            constraint=models.CheckConstraint(condition=models.Q(('seconds__gt', 0), ('seconds__lte', 14400)), name='extension_seconds'),
        ),
        migrations.AddIndex(
            model_name='attempt',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['deadline'], name='attempt_overdue'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'void'), _negated=True), fields=('candidate', 'sitting'), name='one_live_attempt'),
        ),
    ]
