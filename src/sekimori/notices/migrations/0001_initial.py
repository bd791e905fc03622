import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('cases', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Notice',
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
                ('measure', models.CharField(blank=True, max_length=24)),
                ('audience', models.CharField(max_length=8)),
                ('to', models.CharField(max_length=254)),
                ('channel', models.CharField(max_length=8)),
                ('state', models.CharField(default='written', max_length=12)),
                ('template', models.CharField(max_length=40)),
                ('template_version', models.CharField(max_length=12)),
                ('language', models.CharField(max_length=2)),
                ('subject', models.TextField()),
                ('body', models.TextField()),
                ('message_id', models.CharField(max_length=120, unique=True)),
                ('reply_token', models.CharField(blank=True, max_length=64)),
                ('written_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('delivered_at', models.DateTimeField(null=True)),
                ('undelivered_at', models.DateTimeField(null=True)),
                ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='cases.case')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('work', 'due')), fields=['lane', 'due_at', 'id'], name='notices_notice_due')],
            },
        ),
    ]
