import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('disclosure', '0003_hearing'),
        ('notices', '0002_tagged'),
    ]

    operations = [
        migrations.AddField(
            model_name='notice',
            name='request',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='disclosure.request'),
        ),
    ]
