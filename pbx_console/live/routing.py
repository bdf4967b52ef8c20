"""Addresses of sockets: `/ws/live/` for one's own customer, with a code for another."""

from __future__ import annotations

from channels.routing import URLRouter
from django.urls import path

from pbx_console.live.consumers import LiveConsumer

websocket = URLRouter(
    [
        path("ws/live/", LiveConsumer.as_asgi()),
        path("ws/live/<slug:code>/", LiveConsumer.as_asgi()),
    ]
)
