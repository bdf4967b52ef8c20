"""Addresses of sockets: `/ws/live/` for one's own customer, with a code for another;
`/ws/door/` for pages that only wait for the end of the right to see them. Anywhere else
the handshake is refused, without an error in the log."""

from __future__ import annotations

from channels.routing import URLRouter
from django.urls import path, re_path

from pbx_console.live.consumers import LiveConsumer
from pbx_console.live.person import NoSuchDoor, PersonConsumer

websocket = URLRouter(
    [
        path("ws/door/", PersonConsumer.as_asgi()),
        path("ws/live/", LiveConsumer.as_asgi()),
        path("ws/live/<slug:code>/", LiveConsumer.as_asgi()),
        re_path(r"", NoSuchDoor.as_asgi()),
    ]
)
