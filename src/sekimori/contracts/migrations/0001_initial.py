import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Contract',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=80, unique=True)),
                ('handle', models.CharField(max_length=80, unique=True)),
                ('kind', models.CharField(default='person', max_length=16)),
                ('language', models.CharField(default='ja', max_length=2)),
                ('access', models.CharField(blank=True, max_length=16)),
                ('product', models.CharField(blank=True, max_length=40)),
                ('protected', models.CharField(blank=True, max_length=40)),
                ('consents', models.CharField(blank=True, max_length=200)),
                ('valid_from', models.DateTimeField(null=True)),
                ('valid_to', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='HolderRead',
            fields=[
                ('seq', models.BigIntegerField(primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name='Holder',
            fields=[
                ('contract', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to='contracts.contract')),
                ('holder', models.TextField(blank=True)),
                ('email', models.CharField(blank=True, max_length=254)),
                ('alt_email', models.CharField(blank=True, max_length=254)),
                ('phone', models.CharField(blank=True, max_length=40)),
                ('postal', models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('before', models.JSONField(default=dict)),
                ('holder_fields', models.CharField(blank=True, max_length=80)),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='contracts.contract')),
            ],
        ),
        migrations.CreateModel(
            name='Key',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=8)),
                ('key', models.CharField(max_length=254)),
                ('fold', models.CharField(max_length=254)),
                ('valid_from', models.DateTimeField(null=True)),
                ('valid_to', models.DateTimeField(null=True)),
                ('user', models.CharField(blank=True, max_length=120)),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='keys', to='contracts.contract')),
            ],
            options={
                'indexes': [models.Index(fields=['kind', 'fold'], name='contracts_key_lookup')],
            },
        ),
        migrations.CreateModel(
            name='Reveal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('officer', models.CharField(max_length=120)),
                ('at', models.DateTimeField()),
                ('reference', models.CharField(max_length=200)),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reveals', to='contracts.contract')),
            ],
            options={
                'indexes': [models.Index(fields=['officer', 'at'], name='contracts_reveal_rate')],
            },
        ),
    ]
