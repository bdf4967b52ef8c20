"""The session name of the SDP: its default would name the software to phones."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("asterisk", "0003_connected_line")]
    operations = [
        migrations.AddField(
            model_name="psendpoint",
            name="sdp_session",
            field=models.CharField(default="-", max_length=20, db_default="-"),
        ),
    ]
