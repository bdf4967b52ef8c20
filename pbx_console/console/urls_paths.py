"""Addresses: the call path."""

from __future__ import annotations

from django.urls import path

from pbx_console.console.views import call_paths

urlpatterns = [
    path("customers/<slug:code>/call-path/", call_paths.call_path, name="call_path"),
]
