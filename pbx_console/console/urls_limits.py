"""Addresses: limits."""

from __future__ import annotations

from django.urls import path

from pbx_console.console.views import limits, limits_overview

CUSTOMER = "customers/<slug:code>/limits/"
EXTENSION = "customers/<slug:code>/extensions/<slug:number>/limits/"
RESELLER = "resellers/<slug:slug>/limits/"

urlpatterns = [
    path("limits/", limits_overview.limits_overview, name="limits_overview"),
    path(CUSTOMER, limits.limits, name="limits"),
    path(f"{CUSTOMER}lift/", limits.limits_lift, name="limits_lift"),
    path(EXTENSION, limits.extension_limits, name="extension_limits"),
    path(
        f"{EXTENSION}lift/", limits.extension_limits_lift, name="extension_limits_lift"
    ),
    path(RESELLER, limits.reseller_limits, name="reseller_limits"),
    path(f"{RESELLER}lift/", limits.reseller_limits_lift, name="reseller_limits_lift"),
]
