"""Addresses of the pages behind the door."""

from __future__ import annotations

from django.urls import path

from pbx_console.console.views import search

urlpatterns = [path("search/", search.search, name="search")]
