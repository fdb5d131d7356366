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
            name='Draw',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=core.models.new_public_id, editable=False, max_length=32, unique=True)),
                ('year', models.PositiveSmallIntegerField()),
                ('quarter', models.PositiveSmallIntegerField()),
                ('serial', models.PositiveSmallIntegerField(default=1, help_text='2 after a cancelled first draw of the same quarter')),
                ('state', models.CharField(choices=[('draft', '准备名册'), ('freeze_proposed', '待审批冻结'), ('frozen', '名册已冻结'), ('drawn', '已抽签'), ('cancelled', '已取消')], default='draft', max_length=16)),
                ('parameters', models.JSONField(default=dict, help_text='n or quotas, quota, standby, sources, area, industries, posts …')),
                ('is_demo', models.BooleanField(default=False, help_text='LOCAL seed: proves nothing, and its pages say so')),
                ('bank_root', models.CharField(blank=True, max_length=64)),
                ('paper_key_commit', models.CharField(blank=True, max_length=64)),
                ('roster_sha256', models.CharField(blank=True, max_length=64)),
                ('plan_sha256', models.CharField(blank=True, max_length=64)),
                ('proposed_at', models.DateTimeField(null=True)),
                ('frozen_at', models.DateTimeField(null=True)),
                ('sources_from', models.DateTimeField(help_text='end of the objection window: no source before this', null=True)),
                ('seed', models.CharField(blank=True, max_length=64)),
                ('drawn_at', models.DateTimeField(null=True)),
                ('cancelled_at', models.DateTimeField(null=True)),
                ('cancel_reason', models.TextField(blank=True)),
                ('created_at', models.DateTimeField()),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='draws', to='registry.authority')),
                ('frozen_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-year', '-quarter', 'authority_id', '-serial'],
            },
        ),
        migrations.CreateModel(
            name='DrawFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='plan.json, roster.csv, sources.txt, result.csv or verify.py', max_length=20)),
                ('content', models.TextField()),
                ('sha256', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField()),
                ('draw', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='draws.draw')),
            ],
        ),
        migrations.CreateModel(
            name='Place',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(help_text='M, S1… or R4…, as in result.csv', max_length=8)),
                ('rank', models.PositiveIntegerField(help_text='0 for must-sit, else the number in status')),
                ('state', models.CharField(choices=[('called', '抽中'), ('standby', '递补'), ('moved_up', '已递补'), ('excused', '缓考')], max_length=10)),
                ('draw', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='places', to='draws.draw')),
            ],
            options={
                'ordering': ['entry__stratum', 'rank', 'entry__pid'],
            },
        ),
        migrations.CreateModel(
            name='Replacement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=core.models.new_public_id, editable=False, max_length=32, unique=True)),
                ('reason_code', models.CharField(max_length=8)),
                ('reason', models.CharField(max_length=300)),
                ('evidence', models.CharField(max_length=200)),
                ('state', models.CharField(choices=[('requested', '待审批'), ('approved', '已批准'), ('refused', '未批准')], default='requested', max_length=10)),
                ('requested_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('draw', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='replacements', to='draws.draw')),
                ('excused', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='excuses', to='draws.place')),
                ('moved_up', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='moved_up_by', to='draws.place')),
                ('requested_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='RosterEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('post', models.CharField(choices=[('principal', '主要负责人'), ('safety_manager', '安全管理人员'), ('safety_director', '安全总监'), ('other', '其他')], max_length=16)),
                ('pid', models.CharField(max_length=64)),
                ('salt_sealed', models.BinaryField()),
                ('stratum', models.CharField(max_length=40)),
                ('lots', models.PositiveSmallIntegerField(default=1)),
                ('flag', models.CharField(blank=True, max_length=12)),
                ('draw', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='draws.draw')),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='roster_entries', to='registry.enterprise')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='roster_entries', to='registry.person')),
            ],
            options={
                'ordering': ['draw_id', 'pid'],
            },
        ),
        migrations.AddField(
            model_name='place',
            name='entry',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='place', to='draws.rosterentry'),
        ),
        migrations.CreateModel(
            name='RosterFlag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=core.models.new_public_id, editable=False, max_length=32, unique=True)),
                ('kind', models.CharField(choices=[('M', '必考'), ('X', '不参加抽签')], max_length=1)),
                ('code', models.CharField(help_text='reason code: ACC, DAN, DEF, COV, MAT …', max_length=8)),
                ('reason', models.CharField(max_length=300)),
                ('evidence', models.CharField(blank=True, help_text='document number or file name of the evidence', max_length=200)),
                ('requested_at', models.DateTimeField()),
                ('approved_at', models.DateTimeField(null=True)),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('draw', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='flags', to='draws.draw')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.person')),
                ('requested_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='SourceEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(help_text="0-based place in the plan's sources")),
                ('value', models.CharField(help_text='what follows NAME:ISSUE: in sources.txt', max_length=300)),
                ('typed_at', models.DateTimeField()),
                ('draw', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='source_entries', to='draws.draw')),
                ('typed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.AddConstraint(
            model_name='draw',
            constraint=models.UniqueConstraint(fields=('authority', 'year', 'quarter', 'serial'), name='draw_serial'),
        ),
        migrations.AddConstraint(
            model_name='draw',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'cancelled'), _negated=True), fields=('authority', 'year', 'quarter'), name='one_live_draw'),
        ),
        migrations.AddConstraint(
            model_name='draw',
            constraint=models.CheckConstraint(condition=models.Q(('quarter__gte', 1), ('quarter__lte', 4)), name='draw_quarter'),
        ),
        migrations.AddConstraint(
            model_name='drawfile',
            constraint=models.UniqueConstraint(fields=('draw', 'name'), name='draw_file_name'),
        ),
        migrations.AddConstraint(
            model_name='replacement',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['requested', 'approved'])), fields=('excused',), name='one_live_excuse'),
        ),
        migrations.AddConstraint(
            model_name='rosterentry',
            constraint=models.UniqueConstraint(fields=('draw', 'pid'), name='roster_pid'),
        ),
        migrations.AddConstraint(
            model_name='rosterentry',
            constraint=models.UniqueConstraint(fields=('draw', 'person'), name='roster_person_once'),
        ),
        migrations.AddConstraint(
            model_name='rosterentry',
            constraint=models.CheckConstraint(condition=models.Q(('lots__gte', 1), ('lots__lte', 9)), name='roster_lots'),
        ),
        migrations.AddConstraint(
            model_name='rosterflag',
            constraint=models.UniqueConstraint(fields=('draw', 'person'), name='one_flag_per_person'),
        ),
    ]
