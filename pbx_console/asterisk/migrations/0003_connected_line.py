"""Whether an endpoint is told who it is connected to: phones yes, carriers no."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("asterisk", "0002_schema")]
    operations = [
        migrations.AddField(
            model_name="psendpoint",
            name="send_connected_line",
            field=models.CharField(default="yes", max_length=3),
        ),
        migrations.RunSQL(
            "UPDATE asterisk.ps_endpoints SET send_connected_line = 'no'"
            " WHERE context = 'from-trunk'",
            migrations.RunSQL.noop,
        ),
    ]
