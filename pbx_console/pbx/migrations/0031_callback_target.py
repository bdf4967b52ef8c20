"""The queue of a call back stands in `target`: `x1` of a way outside belongs to its limits."""

from __future__ import annotations

from importlib import import_module
from typing import ClassVar

from django.db import migrations

hook = import_module("pbx_console.pbx.migrations.0020_limits_more").hook
CALLBACK = "callback_way(bigint, text)"
NAMED = "answer.x1 := pbx_queue_name(held.id, held.strategy);"
BACK = "PERFORM set_config('pbx.forward', '', true);"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("pbx", "0030_route_words")]
    operations: ClassVar = [
        hook(CALLBACK, NAMED, "-- The queue is named at the end."),
        hook(
            CALLBACK,
            BACK,
            f"{BACK}\n  answer.target := pbx_queue_name(held.id, held.strategy);",
        ),
    ]
