from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("metering", "0002_walls"),
    ]

    operations = [
        migrations.AddField(
            model_name="usageexport",
            name="customers",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="usageexport",
            name="timezone",
            field=models.CharField(default="Europe/Berlin", max_length=40),
        ),
    ]
