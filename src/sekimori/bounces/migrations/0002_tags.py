from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('bounces', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='noticebounce',
            name='notice_ref',
            field=models.CharField(blank=True, db_index=True, max_length=24),
        ),
        migrations.AddField(
            model_name='noticebounce',
            name='tag',
            field=models.CharField(default='not_used', max_length=8),
        ),
    ]
