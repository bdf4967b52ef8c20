"""`live_at` may be empty in forms too: nothing was confirmed yet."""

from __future__ import annotations

from django.db import migrations, models

EMPTY = models.DateTimeField(blank=True, null=True)


class Migration(migrations.Migration):
    dependencies = [("pbx", "0003_route_functions")]
    operations = [
        migrations.AlterField(model_name=name, name="live_at", field=EMPTY)
        for name in ("extension", "trunk")
    ]
