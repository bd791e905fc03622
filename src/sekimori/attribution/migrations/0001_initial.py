import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('contracts', '0001_initial'),
        ('reports', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Attribution',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('work', models.CharField(default='due', max_length=4)),
                ('lane', models.SmallIntegerField(default=0)),
                ('due_at', models.BigIntegerField()),
                ('tries', models.SmallIntegerField(default=0)),
                ('lease', models.CharField(default=None, max_length=32, null=True)),
                ('lease_until', models.BigIntegerField(default=None, null=True)),
                ('fault', models.TextField(blank=True, default='')),
                ('revision', models.IntegerField(default=1)),
                ('certainty', models.CharField(max_length=16)),
                ('candidates', models.IntegerField(default=0)),
                ('how', models.CharField(max_length=24)),
                ('why', models.CharField(blank=True, max_length=40)),
                ('ours', models.BooleanField(default=True)),
                ('own_log', models.BooleanField(default=False)),
                ('stolen', models.BooleanField(default=False)),
                ('proof', models.JSONField(default=dict)),
                ('at', models.DateTimeField()),
                ('contract', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='contracts.contract')),
                ('finding', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attributions', to='reports.finding')),
            ],
        ),
        migrations.CreateModel(
            name='Forward',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('work', models.CharField(default='due', max_length=4)),
                ('lane', models.SmallIntegerField(default=0)),
                ('due_at', models.BigIntegerField()),
                ('tries', models.SmallIntegerField(default=0)),
                ('lease', models.CharField(default=None, max_length=32, null=True)),
                ('lease_until', models.BigIntegerField(default=None, null=True)),
                ('fault', models.TextField(blank=True, default='')),
                ('contact', models.CharField(max_length=254)),
                ('agreed_by', models.CharField(blank=True, max_length=120)),
                ('notice', models.CharField(blank=True, max_length=24)),
                ('reminded_at', models.DateTimeField(null=True)),
                ('attribution', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='forward', to='attribution.attribution')),
            ],
        ),
        migrations.AddIndex(
            model_name='attribution',
            index=models.Index(condition=models.Q(('work', 'due')), fields=['lane', 'due_at', 'id'], name='attribution_due'),
        ),
        migrations.AddConstraint(
            model_name='attribution',
            constraint=models.UniqueConstraint(fields=('finding', 'revision'), name='attribution_once'),
        ),
        migrations.AddIndex(
            model_name='forward',
            index=models.Index(condition=models.Q(('work', 'due')), fields=['lane', 'due_at', 'id'], name='attribution_forward_due'),
        ),
    ]
