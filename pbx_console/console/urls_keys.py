"""Addresses of parking lots and paging groups."""

from __future__ import annotations

from django.urls import path

from pbx_console.console.views import paging_groups, parking

LOTS = "customers/<slug:code>/parking/"
GROUPS = "customers/<slug:code>/paging/"
urlpatterns = [
    path(f"{LOTS}new/", parking.parking_lot_new, name="parking_lot_new"),
    path(f"{LOTS}<int:key>/", parking.parking_lot, name="parking_lot"),
    path(
        f"{LOTS}<int:key>/delete/",
        parking.parking_lot_delete,
        name="parking_lot_delete",
    ),
    path(f"{GROUPS}new/", paging_groups.paging_group_new, name="paging_group_new"),
    path(f"{GROUPS}<int:key>/", paging_groups.paging_group, name="paging_group"),
    path(
        f"{GROUPS}<int:key>/delete/",
        paging_groups.paging_group_delete,
        name="paging_group_delete",
    ),
]
