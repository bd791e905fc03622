import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('contracts', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Request',
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
                ('kind', models.CharField(max_length=24)),
                ('window', models.JSONField(null=True)),
                ('asker', models.TextField(blank=True)),
                ('document', models.CharField(blank=True, max_length=64)),
                ('state', models.CharField(default='received', max_length=12)),
                ('received_at', models.DateTimeField()),
                ('received_by', models.CharField(max_length=120)),
                ('answer_by', models.DateTimeField()),
                ('heard_until', models.DateTimeField(null=True)),
                ('preserved_at', models.DateTimeField(null=True)),
                ('preserved_until', models.DateTimeField(null=True)),
                ('frozen_rows', models.IntegerField(default=0)),
                ('answered_at', models.DateTimeField(null=True)),
                ('refused_why', models.TextField(blank=True)),
                ('contract', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='contracts.contract')),
            ],
        ),
        migrations.CreateModel(
            name='Frozen',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=12)),
                ('row', models.TextField()),
                ('sha256', models.CharField(max_length=64)),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='frozen', to='disclosure.request')),
            ],
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('officer', models.CharField(max_length=120)),
                ('scope_hash', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='disclosure.request')),
            ],
        ),
        migrations.AddIndex(
            model_name='request',
            index=models.Index(condition=models.Q(('work', 'due')), fields=['lane', 'due_at', 'id'], name='disclosure_request_due'),
        ),
        migrations.AddConstraint(
            model_name='frozen',
            constraint=models.UniqueConstraint(fields=('request', 'sha256'), name='disclosure_frozen_once'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.UniqueConstraint(fields=('request', 'officer'), name='disclosure_consent_once'),
        ),
    ]
