import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('disclosure', '0002_masked_copy'),
    ]

    operations = [
        migrations.CreateModel(
            name='Hearing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('work', models.CharField(default='due', max_length=4)),
                ('lane', models.SmallIntegerField(default=0)),
                ('due_at', models.BigIntegerField()),
                ('tries', models.SmallIntegerField(default=0)),
                ('lease', models.CharField(default=None, max_length=32, null=True)),
                ('lease_until', models.BigIntegerField(default=None, null=True)),
                ('fault', models.TextField(blank=True, default='')),
                ('about', models.TextField()),
                ('asker', models.TextField(blank=True)),
                ('asked_at', models.DateTimeField()),
                ('asked_by', models.CharField(max_length=120)),
                ('until', models.DateTimeField()),
                ('answer', models.CharField(blank=True, max_length=8)),
                ('reasons', models.TextField(blank=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('request', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='hearing', to='disclosure.request')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('work', 'due')), fields=['lane', 'due_at', 'id'], name='disclosure_hearing_due')],
            },
        ),
    ]
