import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Body',
            fields=[
                ('sha256', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('size', models.BigIntegerField()),
                ('codec', models.CharField(max_length=4)),
                ('data', models.BinaryField(null=True)),
                ('stored_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(db_index=True, null=True)),
                ('sealed', models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=80)),
                ('body', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='holds', to='evidence.body')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('body', 'reference'), name='evidence_hold_once')],
            },
        ),
    ]
