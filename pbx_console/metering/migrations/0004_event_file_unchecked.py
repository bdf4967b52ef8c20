import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("metering", "0003_export_snapshot"),
    ]

    operations = [
        migrations.AlterField(
            model_name="channelevent",
            name="file",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="events",
                to="metering.journalfile",
            ),
        ),
    ]
