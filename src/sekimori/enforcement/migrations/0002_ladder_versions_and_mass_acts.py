import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0002_freeze_window'),
        ('enforcement', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='MassAct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.CharField(max_length=24, unique=True)),
                ('act', models.CharField(max_length=16)),
                ('parameters', models.JSONField(default=dict)),
                ('by', models.CharField(max_length=120)),
                ('at', models.DateTimeField()),
                ('state', models.CharField(default='shown', max_length=10)),
                ('hash', models.CharField(max_length=64)),
                ('confirmed_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='LadderVersion',
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
                ('version', models.CharField(max_length=40)),
                ('text', models.TextField()),
                ('sha256', models.CharField(max_length=64)),
                ('state', models.CharField(default='draft', max_length=10)),
                ('by', models.CharField(max_length=120)),
                ('at', models.DateTimeField()),
                ('activated_by', models.CharField(blank=True, max_length=120)),
                ('activated_at', models.DateTimeField(null=True)),
                ('days', models.SmallIntegerField(default=0)),
                ('until', models.DateTimeField(null=True)),
                ('baseline', models.CharField(blank=True, max_length=64)),
                ('cursor', models.BigIntegerField(default=0)),
                ('replayed', models.IntegerField(default=0)),
                ('total', models.IntegerField(default=0)),
                ('counts', models.JSONField(default=dict)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('work', 'due')), fields=['lane', 'due_at', 'id'], name='enforcement_ladder_due')],
            },
        ),
        migrations.CreateModel(
            name='MassItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('refused', models.CharField(blank=True, max_length=40)),
                ('detail', models.JSONField(default=dict)),
                ('stood', models.CharField(max_length=64)),
                ('result', models.CharField(blank=True, max_length=40)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cases.case')),
                ('mass', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='enforcement.massact')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('mass', 'case'), name='enforcement_mass_once')],
            },
        ),
        migrations.CreateModel(
            name='SimulatedCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('before', models.JSONField(default=list)),
                ('after', models.JSONField(default=list)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cases.case')),
                ('ladder', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changed', to='enforcement.ladderversion')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('ladder', 'case'), name='enforcement_simulated_once')],
            },
        ),
    ]
