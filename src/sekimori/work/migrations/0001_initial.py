from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='ClockMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('high', models.BigIntegerField()),
                ('doubt', models.CharField(blank=True, max_length=40)),
                ('since', models.BigIntegerField(null=True)),
            ],
        ),
    ]
