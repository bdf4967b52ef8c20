"""Addresses: the call path, and what an end user does on the phone page."""

from __future__ import annotations

from django.urls import path

from pbx_console.console.views import call_paths, phone_page

urlpatterns = [
    path(
        "customers/<slug:code>/call-path/test/",
        call_paths.call_path_test,
        name="call_path_test",
    ),
    path("customers/<slug:code>/call-path/", call_paths.call_path, name="call_path"),
    path("phone/where/", phone_page.phone_where, name="phone_where"),
    path("phone/dnd/", phone_page.phone_dnd, name="phone_dnd"),
    path("phone/ring/", phone_page.phone_ring, name="phone_ring"),
    path(
        "phone/otherwise/<slug:condition>/",
        phone_page.phone_otherwise,
        name="phone_otherwise",
    ),
]
