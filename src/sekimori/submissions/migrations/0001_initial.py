from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Handover',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('host', models.CharField(max_length=120)),
                ('queue_id', models.CharField(max_length=40)),
                ('at', models.DateTimeField()),
                ('relay', models.CharField(max_length=120)),
                ('child_queue_id', models.CharField(max_length=40)),
            ],
            options={
                'indexes': [models.Index(fields=['child_queue_id', 'at'], name='submission_handover')],
                'constraints': [models.UniqueConstraint(fields=('host', 'queue_id', 'child_queue_id', 'at'), name='submission_handover_once')],
            },
        ),
        migrations.CreateModel(
            name='LogMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=16)),
                ('head_length', models.IntegerField()),
                ('head', models.CharField(max_length=64)),
                ('offset', models.BigIntegerField()),
                ('tail', models.CharField(max_length=64)),
                ('path', models.TextField()),
                ('updated', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('kind', 'head_length', 'head'), name='submission_mark_once')],
            },
        ),
        migrations.CreateModel(
            name='SignIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('host', models.CharField(max_length=120)),
                ('service', models.CharField(max_length=24)),
                ('login', models.CharField(max_length=254)),
                ('client_family', models.SmallIntegerField()),
                ('client', models.BinaryField()),
                ('country', models.CharField(blank=True, max_length=2)),
                ('session', models.CharField(blank=True, max_length=40)),
                ('time', models.DateTimeField(db_index=True)),
            ],
            options={
                'indexes': [models.Index(fields=['login', 'time'], name='submission_signin_login')],
                'constraints': [models.UniqueConstraint(fields=('host', 'service', 'login', 'time', 'session'), name='submission_signin_once')],
            },
        ),
        migrations.CreateModel(
            name='Submission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('host', models.CharField(max_length=120)),
                ('queue_id', models.CharField(max_length=40)),
                ('message_id', models.TextField(blank=True)),
                ('login', models.CharField(blank=True, max_length=254)),
                ('client_family', models.SmallIntegerField(null=True)),
                ('client', models.BinaryField(null=True)),
                ('client_port', models.IntegerField(null=True)),
                ('country', models.CharField(blank=True, max_length=2)),
                ('time', models.DateTimeField(db_index=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('recipients', models.IntegerField(default=0)),
                ('unknown_users', models.IntegerField(default=0)),
                ('parent_queue_id', models.CharField(blank=True, max_length=40)),
                ('source', models.CharField(max_length=16)),
            ],
            options={
                'indexes': [models.Index(fields=['queue_id', 'time'], name='submission_queue_id'), models.Index(fields=['message_id'], name='submission_message_id'), models.Index(fields=['login', 'time'], name='submission_login')],
                'constraints': [models.UniqueConstraint(fields=('host', 'queue_id', 'time'), name='submission_once')],
            },
        ),
    ]
