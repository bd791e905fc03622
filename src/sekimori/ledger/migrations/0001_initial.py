from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('seq', models.BigAutoField(primary_key=True, serialize=False)),
                ('at', models.CharField(max_length=32)),
                ('actor', models.CharField(max_length=120)),
                ('act', models.CharField(max_length=80)),
                ('subject', models.CharField(db_index=True, max_length=200)),
                ('body', models.TextField()),
                ('prev', models.CharField(max_length=64)),
                ('hash', models.CharField(max_length=64, unique=True)),
            ],
        ),
    ]
