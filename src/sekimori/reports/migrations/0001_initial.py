import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('intake', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Feed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, unique=True)),
                ('since', models.DateTimeField()),
                ('next_at', models.DateTimeField()),
                ('tried_at', models.DateTimeField(null=True)),
                ('etag', models.CharField(blank=True, max_length=200)),
                ('modified', models.CharField(blank=True, max_length=100)),
                ('seen', models.JSONField(default=list)),
                ('fault', models.CharField(blank=True, max_length=200)),
                ('faults', models.IntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Reporter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('domain', models.CharField(max_length=253, unique=True)),
                ('first_seen', models.DateTimeField()),
                ('feed', models.CharField(blank=True, max_length=40)),
                ('consent_forward', models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('index', models.IntegerField(default=0)),
                ('kind', models.CharField(max_length=12)),
                ('format', models.CharField(max_length=40)),
                ('version', models.CharField(max_length=12)),
                ('report_id', models.CharField(blank=True, max_length=200)),
                ('authenticity', models.CharField(default='none', max_length=16)),
                ('reply_to', models.CharField(blank=True, max_length=254)),
                ('language', models.CharField(default='en', max_length=2)),
                ('confidence', models.FloatField(default=0)),
                ('free_text', models.BooleanField(default=False)),
                ('reason', models.TextField(blank=True)),
                ('detail', models.JSONField(default=dict)),
                ('findings_total', models.IntegerField(default=0)),
                ('received_at', models.DateTimeField()),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reports', to='intake.message')),
                ('reporter', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to='reports.reporter')),
            ],
        ),
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('work', models.CharField(default='due', max_length=4)),
                ('lane', models.SmallIntegerField(default=0)),
                ('due_at', models.BigIntegerField()),
                ('tries', models.SmallIntegerField(default=0)),
                ('lease', models.CharField(default=None, max_length=32, null=True)),
                ('lease_until', models.BigIntegerField(default=None, null=True)),
                ('fault', models.TextField(blank=True, default='')),
                ('index', models.IntegerField()),
                ('category', models.CharField(max_length=24)),
                ('type', models.CharField(max_length=40)),
                ('family', models.SmallIntegerField(null=True)),
                ('address', models.BinaryField(null=True)),
                ('source_ip', models.CharField(blank=True, max_length=45)),
                ('source_port', models.IntegerField(null=True)),
                ('proto', models.CharField(blank=True, max_length=8)),
                ('login', models.CharField(blank=True, max_length=254)),
                ('queue_id', models.CharField(blank=True, max_length=40)),
                ('queue_host', models.CharField(blank=True, max_length=120)),
                ('message_id', models.TextField(blank=True)),
                ('time', models.DateTimeField(null=True)),
                ('last_time', models.DateTimeField(null=True)),
                ('time_raw', models.CharField(blank=True, max_length=120)),
                ('zone', models.CharField(default='none', max_length=8)),
                ('time_error_s', models.FloatField(default=300)),
                ('confidence', models.FloatField(default=0)),
                ('count', models.IntegerField(default=1)),
                ('special', models.CharField(blank=True, max_length=16)),
                ('spans', models.JSONField(default=list)),
                ('has_original', models.BooleanField(default=False)),
                ('event_key', models.CharField(db_index=True, max_length=64)),
                ('state', models.CharField(default='new', max_length=16)),
                ('duplicate_of', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='copies', to='reports.finding')),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='findings', to='reports.report')),
            ],
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('work', models.CharField(default='due', max_length=4)),
                ('lane', models.SmallIntegerField(default=0)),
                ('due_at', models.BigIntegerField()),
                ('tries', models.SmallIntegerField(default=0)),
                ('lease', models.CharField(default=None, max_length=32, null=True)),
                ('lease_until', models.BigIntegerField(default=None, null=True)),
                ('fault', models.TextField(blank=True, default='')),
                ('kind', models.CharField(max_length=12)),
                ('to', models.CharField(max_length=254)),
                ('language', models.CharField(max_length=2)),
                ('detail', models.JSONField(default=dict)),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='reports.report')),
            ],
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('group', models.CharField(db_index=True, max_length=64)),
                ('reason', models.CharField(max_length=40)),
                ('detail', models.TextField(blank=True)),
                ('lane', models.CharField(default='review', max_length=12)),
                ('opened_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('closed_by', models.CharField(blank=True, max_length=120)),
                ('outcome', models.CharField(blank=True, max_length=24)),
                ('finding', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='reviews', to='reports.finding')),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reviews', to='intake.message')),
            ],
        ),
        migrations.CreateModel(
            name='Track',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('category', models.CharField(max_length=24)),
                ('confirmed', models.IntegerField(default=0)),
                ('refuted', models.IntegerField(default=0)),
                ('duplicates', models.IntegerField(default=0)),
                ('reporter', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tracks', to='reports.reporter')),
            ],
        ),
        migrations.AddIndex(
            model_name='finding',
            index=models.Index(condition=models.Q(('work', 'due')), fields=['lane', 'due_at', 'id'], name='reports_finding_due'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.UniqueConstraint(fields=('report', 'index'), name='reports_finding_once'),
        ),
        migrations.AddIndex(
            model_name='answer',
            index=models.Index(condition=models.Q(('work', 'due')), fields=['lane', 'due_at', 'id'], name='reports_answer_due'),
        ),
        migrations.AddConstraint(
            model_name='answer',
            constraint=models.UniqueConstraint(fields=('report', 'kind'), name='reports_answer_once'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.UniqueConstraint(fields=('message', 'index'), name='reports_report_once'),
        ),
        migrations.AddConstraint(
            model_name='track',
            constraint=models.UniqueConstraint(fields=('reporter', 'category'), name='reports_track_once'),
        ),
    ]
