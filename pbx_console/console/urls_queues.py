"""Addresses: queues, the wallboard, an agent's own queues."""

from __future__ import annotations

from django.urls import path

from pbx_console.console.views import queues

ALL = "customers/<slug:code>/queues/"
urlpatterns = [
    path(ALL, queues.queues, name="queues"),
    path(f"{ALL}new/", queues.queue_new, name="queue_new"),
    path(f"{ALL}<int:key>/", queues.queue, name="queue"),
    path(f"{ALL}<int:key>/delete/", queues.queue_delete, name="queue_delete"),
    path(f"{ALL}<int:key>/agents/", queues.queue_agents, name="queue_agents"),
    path(f"{ALL}<int:key>/agents/<int:agent>/", queues.queue_agent, name="queue_agent"),
    path("customers/<slug:code>/live/", queues.live, name="live"),
    path("customers/<slug:code>/live/board/", queues.live_part, name="live_part"),
    path("own/queues/", queues.own_queues, name="own_queues"),
    path("own/queues/<int:agent>/", queues.own_queue, name="own_queue"),
]
