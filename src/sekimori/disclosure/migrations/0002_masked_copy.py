from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("disclosure", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="request",
            name="masked_copy",
            field=models.TextField(blank=True, default=""),
            preserve_default=False,
        ),
    ]
