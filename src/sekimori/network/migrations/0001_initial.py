from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Network',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('prefix', models.CharField(max_length=49)),
                ('family', models.SmallIntegerField()),
                ('length', models.SmallIntegerField()),
                ('kind', models.CharField(max_length=16)),
                ('pd_length', models.SmallIntegerField(null=True)),
                ('realm', models.CharField(blank=True, max_length=40)),
                ('valid_from', models.DateTimeField(null=True)),
                ('valid_to', models.DateTimeField(null=True)),
                ('contact', models.TextField(blank=True)),
                ('load', models.CharField(default='', max_length=32)),
            ],
            options={
                'indexes': [models.Index(fields=['prefix'], name='network_prefix')],
            },
        ),
        migrations.CreateModel(
            name='Registered',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('family', models.SmallIntegerField()),
                ('first', models.BinaryField(max_length=16)),
                ('last', models.BinaryField(max_length=16)),
                ('contact', models.CharField(blank=True, max_length=254)),
                ('asked_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(db_index=True)),
            ],
            options={
                'indexes': [models.Index(fields=['family', 'first'], name='network_registered_first')],
            },
        ),
    ]
