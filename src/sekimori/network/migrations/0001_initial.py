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
    ]
