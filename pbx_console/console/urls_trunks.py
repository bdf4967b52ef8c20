"""Addresses: trunks, what they show, and where phones stand."""

from __future__ import annotations

from typing import Any

from django.urls import path

from pbx_console.console.views import shown_rights, sites, trunks

urlpatterns: list[Any] = [
    path("trunks/<slug:slug>/delete/", trunks.trunk_delete, name="trunk_delete"),
    path("trunks/<slug:slug>/health/", trunks.trunk_health, name="trunk_health"),
    path("trunks/<slug:slug>/test/", trunks.trunk_test, name="trunk_test"),
    path(
        "trunks/<slug:slug>/test/<str:handle>/",
        trunks.trunk_tested,
        name="trunk_tested",
    ),
    path(
        "trunks/<slug:slug>/routes/<int:route_id>/",
        trunks.route_edit,
        name="route_edit",
    ),
    path(
        "trunks/<slug:slug>/routes/<int:route_id>/delete/",
        trunks.route_delete,
        name="route_delete",
    ),
    path("customers/<slug:code>/sites/", sites.sites, name="sites"),
    path("customers/<slug:code>/sites/new/", sites.site_new, name="site_new"),
    path("customers/<slug:code>/sites/<int:key>/", sites.site, name="site"),
    path(
        "customers/<slug:code>/sites/<int:key>/delete/",
        sites.site_delete,
        name="site_delete",
    ),
    path(
        "customers/<slug:code>/emergency-test/",
        sites.emergency_test,
        name="emergency_test",
    ),
    path(
        "customers/<slug:code>/emergency-test/end/",
        sites.emergency_test_end,
        name="emergency_test_end",
    ),
    path(
        "customers/<slug:code>/shown-numbers/",
        shown_rights.shown_numbers,
        name="shown_numbers",
    ),
    path(
        "customers/<slug:code>/shown-numbers/new/",
        shown_rights.shown_number_new,
        name="shown_number_new",
    ),
    path(
        "customers/<slug:code>/shown-numbers/<int:right_id>/delete/",
        shown_rights.shown_number_delete,
        name="shown_number_delete",
    ),
    path(
        "customers/<slug:code>/caller-policy/",
        shown_rights.caller_policy,
        name="caller_policy",
    ),
]
