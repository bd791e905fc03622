import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='ClockJump',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('feed', models.CharField(max_length=80)),
                ('device', models.CharField(max_length=120)),
                ('at', models.BigIntegerField()),
                ('before', models.BigIntegerField()),
                ('after', models.BigIntegerField()),
                ('confirmed', models.BigIntegerField(null=True)),
                ('confirmed_by', models.CharField(blank=True, max_length=120)),
            ],
        ),
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('record', models.BigIntegerField(db_index=True)),
                ('revision', models.SmallIntegerField()),
                ('row', models.BigIntegerField(null=True)),
                ('reason', models.TextField()),
                ('recorded', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Counter',
            fields=[
                ('name', models.CharField(max_length=20, primary_key=True, serialize=False)),
                ('value', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Feed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, unique=True)),
                ('source', models.CharField(max_length=40)),
                ('realm', models.CharField(blank=True, max_length=40)),
                ('continuous', models.BooleanField(default=True)),
                ('records', models.BigIntegerField(default=0)),
                ('first_record', models.BigIntegerField(null=True)),
                ('last_record', models.BigIntegerField(null=True)),
                ('mean_gap', models.BigIntegerField(default=0)),
                ('interim', models.BigIntegerField(default=0)),
                ('loaded', models.BigIntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Rule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=16)),
                ('realm', models.CharField(blank=True, max_length=40)),
                ('prefix', models.CharField(max_length=49)),
                ('params', models.JSONField()),
                ('valid_from', models.BigIntegerField(null=True)),
                ('valid_to', models.BigIntegerField(null=True)),
                ('feed', models.CharField(max_length=80)),
                ('recorded', models.BigIntegerField()),
                ('superseded', models.BigIntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='DeviceClock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('feed', models.CharField(max_length=80)),
                ('device', models.CharField(max_length=120)),
                ('offset', models.BigIntegerField()),
                ('spread', models.BigIntegerField()),
                ('samples', models.JSONField()),
                ('suspects', models.JSONField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('feed', 'device'), name='assignments_clock_once')],
            },
        ),
        migrations.CreateModel(
            name='FeedGap',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('feed', models.CharField(max_length=80)),
                ('lo', models.BigIntegerField()),
                ('hi', models.BigIntegerField()),
                ('reason', models.CharField(default='silence', max_length=20)),
            ],
            options={
                'indexes': [models.Index(fields=['feed', 'hi'], name='assignments_gap')],
            },
        ),
        migrations.CreateModel(
            name='FrozenRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case', models.CharField(db_index=True, max_length=80)),
                ('row', models.BigIntegerField()),
                ('body', models.TextField()),
                ('sha256', models.CharField(max_length=64)),
                ('frozen', models.BigIntegerField()),
                ('until', models.BigIntegerField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('case', 'row', 'sha256'), name='assignments_frozen_once')],
            },
        ),
        migrations.CreateModel(
            name='Interval',
            fields=[
                ('id', models.IntegerField(primary_key=True, serialize=False)),
                ('realm', models.CharField(max_length=40)),
                ('key', models.BigIntegerField()),
                ('reach', models.SmallIntegerField()),
                ('start', models.BigIntegerField()),
                ('ending', models.BigIntegerField()),
                ('holder', models.TextField()),
                ('origin', models.IntegerField()),
                ('flags', models.SmallIntegerField()),
                ('start_error', models.BigIntegerField()),
                ('end_error', models.BigIntegerField()),
                ('last_seen', models.BigIntegerField(null=True)),
                ('size', models.IntegerField()),
                ('proto', models.SmallIntegerField()),
                ('session', models.BigIntegerField()),
                ('line', models.BigIntegerField()),
                ('retention', models.SmallIntegerField()),
                ('first_recorded', models.BigIntegerField()),
                ('recorded', models.BigIntegerField()),
                ('revision', models.SmallIntegerField(default=1)),
                ('record', models.BigIntegerField(null=True)),
                ('superseded', models.BigIntegerField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['realm', 'key', 'reach', 'start', 'ending'], name='assignments_key'), models.Index(django.db.models.expressions.CombinedExpression(models.F('ending'), '/', models.Value(86400000000)), condition=models.Q(('ending__lt', 9223372036854775807)), name='assignments_end_day'), models.Index(condition=models.Q(('ending', 9223372036854775807)), fields=['session'], name='assignments_open_session'), models.Index(condition=models.Q(('ending', 9223372036854775807)), fields=['line'], name='assignments_open_line')],
            },
        ),
        migrations.CreateModel(
            name='LoadMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('feed', models.CharField(max_length=80)),
                ('head_length', models.IntegerField()),
                ('head', models.CharField(max_length=64)),
                ('tail', models.CharField(max_length=64)),
                ('offset', models.BigIntegerField()),
                ('path', models.TextField()),
                ('state', models.JSONField(default=dict)),
                ('updated', models.BigIntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('feed', 'head_length', 'head'), name='assignments_mark_once')],
            },
        ),
        migrations.CreateModel(
            name='Origin',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('feed', models.CharField(max_length=80)),
                ('source', models.CharField(max_length=40)),
                ('device', models.CharField(max_length=120)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('feed', 'source', 'device'), name='assignments_origin_once')],
            },
        ),
        migrations.CreateModel(
            name='Shape',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('realm', models.CharField(max_length=40)),
                ('family', models.SmallIntegerField()),
                ('size', models.IntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('realm', 'family', 'size'), name='assignments_shape_once')],
            },
        ),
    ]
