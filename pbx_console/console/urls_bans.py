"""Addresses: who is refused at the telephone system."""

from __future__ import annotations

from django.urls import path

from pbx_console.console.views import bans

urlpatterns = [
    path("bans/", bans.bans, name="bans"),
    path("bans/<int:ban>/lift/", bans.ban_lift, name="ban_lift"),
]
