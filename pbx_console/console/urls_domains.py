"""Addresses of domains: one's own under /brand/, a reseller's below /resellers/."""

from __future__ import annotations

from typing import Any

from django.urls import path

from pbx_console.console.views import domains

PAGES: tuple[tuple[str, Any, str], ...] = (
    ("", domains.domain_list, "domains"),
    ("<str:host>/", domains.domain_row, "domain_row"),
    ("<str:host>/check/", domains.domain_check, "domain_check"),
    ("<str:host>/main/", domains.domain_main, "domain_main"),
    ("<str:host>/remove/", domains.domain_remove, "domain_remove"),
)
OF_RESELLER = "resellers/<slug:slug>/domains/"

urlpatterns = [
    *(path(f"brand/domains/{rest}", view, name=name) for rest, view, name in PAGES),
    *(
        path(OF_RESELLER + rest, view, name=f"reseller_{name}")
        for rest, view, name in PAGES
    ),
]
