"""Addresses of sockets: `/ws/live/` for one's own customer, with a code for another;
`/ws/door/` for pages that only wait for the end of the right to see them."""

from __future__ import annotations

from channels.routing import URLRouter
from django.urls import path

from pbx_console.live.consumers import LiveConsumer
from pbx_console.live.person import PersonConsumer

websocket = URLRouter(
    [
        path("ws/door/", PersonConsumer.as_asgi()),
        path("ws/live/", LiveConsumer.as_asgi()),
        path("ws/live/<slug:code>/", LiveConsumer.as_asgi()),
    ]
)
