from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('work', models.CharField(default='due', max_length=4)),
                ('lane', models.SmallIntegerField(default=0)),
                ('due_at', models.BigIntegerField()),
                ('tries', models.SmallIntegerField(default=0)),
                ('lease', models.CharField(default=None, max_length=32, null=True)),
                ('lease_until', models.BigIntegerField(default=None, null=True)),
                ('fault', models.TextField(blank=True, default='')),
                ('sha256', models.CharField(db_index=True, max_length=64)),
                ('envelope', models.CharField(max_length=64)),
                ('door', models.CharField(max_length=12)),
                ('received_at', models.DateTimeField(db_index=True)),
                ('mail_from', models.TextField(blank=True)),
                ('rcpt_to', models.JSONField(default=list)),
                ('peer', models.CharField(blank=True, max_length=64)),
                ('size', models.IntegerField()),
                ('route', models.CharField(max_length=8)),
                ('auto', models.CharField(blank=True, max_length=40)),
                ('token', models.CharField(blank=True, max_length=64)),
                ('state', models.CharField(default='received', max_length=16)),
                ('copies', models.IntegerField(default=1)),
                ('authenticated', models.BooleanField(default=False)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('work', 'due')), fields=['lane', 'due_at', 'id'], name='intake_message_due')],
                'constraints': [models.UniqueConstraint(fields=('sha256', 'envelope'), name='intake_message_once')],
            },
        ),
    ]
