import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('cases', '0001_initial'),
        ('contracts', '0001_initial'),
        ('intake', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Courtesy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sender', models.CharField(max_length=32)),
                ('day', models.DateField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('sender', 'day'), name='notices_courtesy_once')],
            },
        ),
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
                ('letter', models.CharField(blank=True, db_index=True, max_length=24)),
                ('measure', models.CharField(blank=True, max_length=24)),
                ('source', models.CharField(blank=True, max_length=70)),
                ('answers', models.JSONField(default=list)),
                ('audience', models.CharField(max_length=8)),
                ('to', models.CharField(max_length=254)),
                ('channel', models.CharField(max_length=8)),
                ('state', models.CharField(default='written', max_length=12)),
                ('template', models.CharField(max_length=40)),
                ('template_version', models.CharField(max_length=12)),
                ('language', models.CharField(max_length=2)),
                ('subject', models.TextField()),
                ('body', models.TextField()),
                ('attachment', models.TextField(blank=True)),
                ('name_spans', models.JSONField(default=list)),
                ('message_id', models.CharField(max_length=120, unique=True)),
                ('reply_token', models.CharField(blank=True, db_index=True, max_length=64)),
                ('written_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('delivered_at', models.DateTimeField(null=True)),
                ('undelivered_at', models.DateTimeField(null=True)),
                ('read_at', models.DateTimeField(null=True)),
                ('understood', models.BooleanField(null=True)),
                ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='cases.case')),
            ],
        ),
        migrations.CreateModel(
            name='Reply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(blank=True)),
                ('at', models.DateTimeField()),
                ('seen_at', models.DateTimeField(null=True)),
                ('seen_by', models.CharField(blank=True, max_length=120)),
                ('message', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='filed_as', to='intake.message')),
                ('notice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='replies', to='notices.notice')),
            ],
        ),
        migrations.CreateModel(
            name='SignIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('work', models.CharField(default='due', max_length=4)),
                ('lane', models.SmallIntegerField(default=0)),
                ('due_at', models.BigIntegerField()),
                ('tries', models.SmallIntegerField(default=0)),
                ('lease', models.CharField(default=None, max_length=32, null=True)),
                ('lease_until', models.BigIntegerField(default=None, null=True)),
                ('fault', models.TextField(blank=True, default='')),
                ('number', models.CharField(max_length=80)),
                ('asked_at', models.DateTimeField()),
                ('code', models.CharField(blank=True, max_length=32)),
                ('channel', models.CharField(blank=True, max_length=8)),
                ('expires_at', models.DateTimeField(null=True)),
                ('failures', models.SmallIntegerField(default=0)),
                ('used_at', models.DateTimeField(null=True)),
                ('contract', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, to='contracts.contract')),
            ],
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('work', 'due')), fields=['lane', 'due_at', 'id'], name='notices_notice_due'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('source', ''), _negated=True), fields=['source', 'written_at'], name='notices_notice_source'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.UniqueConstraint(condition=models.Q(('letter', ''), _negated=True), fields=('letter', 'channel'), name='notices_notice_once'),
        ),
        migrations.AddIndex(
            model_name='signin',
            index=models.Index(condition=models.Q(('work', 'due')), fields=['lane', 'due_at', 'id'], name='notices_signin_due'),
        ),
        migrations.AddIndex(
            model_name='signin',
            index=models.Index(fields=['number', 'asked_at'], name='notices_signin_number'),
        ),
    ]
