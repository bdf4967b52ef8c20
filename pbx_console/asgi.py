"""HTTP and WebSocket entry point (uvicorn)."""

from __future__ import annotations

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pbx_console.settings")
http = get_asgi_application()

# After Django is set up: the consumers import models.
from pbx_console.live.routing import websocket  # noqa: E402
from pbx_console.provisioning.floods import Floods  # noqa: E402

application = Floods(ProtocolTypeRouter({"http": http, "websocket": websocket}))
