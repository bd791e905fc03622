import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('intake', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Explained',
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
                ('sender', models.CharField(db_index=True, max_length=32)),
                ('to', models.CharField(max_length=254)),
                ('language', models.CharField(max_length=2)),
                ('subject', models.TextField()),
                ('body', models.TextField()),
                ('in_reply_to', models.CharField(blank=True, max_length=250)),
                ('state', models.CharField(default='written', max_length=8)),
                ('written_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('message', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='explained', to='intake.message')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('work', 'due')), fields=['lane', 'due_at', 'id'], name='bounces_explained_due')],
            },
        ),
        migrations.CreateModel(
            name='NoticeBounce',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('work', models.CharField(default='due', max_length=4)),
                ('lane', models.SmallIntegerField(default=0)),
                ('due_at', models.BigIntegerField()),
                ('tries', models.SmallIntegerField(default=0)),
                ('lease', models.CharField(default=None, max_length=32, null=True)),
                ('lease_until', models.BigIntegerField(default=None, null=True)),
                ('fault', models.TextField(blank=True, default='')),
                ('token', models.CharField(blank=True, db_index=True, max_length=64)),
                ('notice_message_id', models.CharField(blank=True, db_index=True, max_length=250)),
                ('action', models.CharField(max_length=9)),
                ('status', models.CharField(blank=True, max_length=12)),
                ('reason', models.CharField(max_length=20)),
                ('cause', models.CharField(max_length=24)),
                ('provenance', models.CharField(max_length=16)),
                ('at', models.DateTimeField()),
                ('message', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='notice_bounce', to='intake.message')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('work', 'due')), fields=['lane', 'due_at', 'id'], name='bounces_notice_due')],
            },
        ),
    ]
