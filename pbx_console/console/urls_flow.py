"""Addresses of what a call can be sent to: groups, menus, schedules and more."""

from __future__ import annotations

from typing import Any

from django.urls import path

from pbx_console.console.views import (
    announcements,
    conferences,
    hunt_groups,
    menus,
    outside_numbers,
    rooms,
    schedules,
)

NOUNS: tuple[tuple[str, str, Any], ...] = (
    ("groups/", "group", hunt_groups),
    ("menus/", "menu", menus),
    ("schedules/", "schedule", schedules),
    ("announcements/", "announcement", announcements),
    ("conferences/", "conference", conferences),
    ("outside-numbers/", "outside_number", outside_numbers),
)
OF_CUSTOMER = "customers/<slug:code>/"

urlpatterns = [
    path(f"{OF_CUSTOMER}groups/", hunt_groups.groups, name="groups"),
    path(f"{OF_CUSTOMER}menus/", menus.menus, name="menus"),
    path(f"{OF_CUSTOMER}schedules/", schedules.schedules, name="schedules"),
    path(f"{OF_CUSTOMER}destinations/", rooms.rooms, name="rooms"),
    path(
        f"{OF_CUSTOMER}schedules/<int:key>/switch/",
        schedules.schedule_switch,
        name="schedule_switch",
    ),
    *(
        path(OF_CUSTOMER + at + rest, getattr(views, f"{stem}{act}"), name=stem + act)
        for at, stem, views in NOUNS
        for rest, act in (
            ("new/", "_new"),
            ("<int:key>/", ""),
            ("<int:key>/delete/", "_delete"),
        )
    ),
]
