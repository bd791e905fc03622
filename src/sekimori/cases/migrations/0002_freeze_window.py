from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='freeze',
            name='since',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='freeze',
            name='until',
            field=models.DateTimeField(null=True),
        ),
    ]
