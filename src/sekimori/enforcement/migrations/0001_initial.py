import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('cases', '0001_initial'),
        ('contracts', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Switch',
            fields=[
                ('name', models.CharField(max_length=80, primary_key=True, serialize=False)),
                ('on', models.BooleanField()),
                ('by', models.CharField(max_length=120)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Measure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('work', models.CharField(default='due', max_length=4)),
                ('lane', models.SmallIntegerField(default=0)),
                ('due_at', models.BigIntegerField()),
                ('tries', models.SmallIntegerField(default=0)),
                ('lease', models.CharField(default=None, max_length=32, null=True)),
                ('lease_until', models.BigIntegerField(default=None, null=True)),
                ('fault', models.TextField(blank=True, default='')),
                ('ref', models.CharField(max_length=24, unique=True)),
                ('step', models.CharField(max_length=16)),
                ('state', models.CharField(default='proposed', max_length=12)),
                ('grade', models.CharField(max_length=1)),
                ('basis', models.CharField(max_length=40)),
                ('scope', models.CharField(max_length=40)),
                ('key', models.CharField(max_length=80, unique=True)),
                ('subject_hash', models.CharField(max_length=64)),
                ('reason_ja', models.TextField(blank=True)),
                ('reason_en', models.TextField(blank=True)),
                ('proposed_by', models.CharField(max_length=120)),
                ('proposed_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(null=True)),
                ('executed_at', models.DateTimeField(null=True)),
                ('verified_at', models.DateTimeField(null=True)),
                ('ends_at', models.DateTimeField(null=True)),
                ('reverted_at', models.DateTimeField(null=True)),
                ('rehearsal', models.BooleanField(default=True)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='measures', to='cases.case')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='measures', to='contracts.contract')),
            ],
        ),
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('officer', models.CharField(max_length=120)),
                ('verdict', models.CharField(max_length=8)),
                ('subject_hash', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
                ('reason', models.TextField(blank=True)),
                ('void', models.BooleanField(default=False)),
                ('measure', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='approvals', to='enforcement.measure')),
            ],
        ),
        migrations.AddIndex(
            model_name='measure',
            index=models.Index(condition=models.Q(('work', 'due')), fields=['lane', 'due_at', 'id'], name='enforcement_measure_due'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.UniqueConstraint(condition=models.Q(('void', False)), fields=('measure', 'officer'), name='enforcement_approval_once'),
        ),
    ]
