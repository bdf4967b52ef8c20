"""Addresses: what belongs to an extension, and the codes of the phone."""

from __future__ import annotations

from django.urls import path

from pbx_console.console.views import documents, extension_parts

ONE = "customers/<slug:code>/extensions/<str:number>/"

urlpatterns = [
    path(f"{ONE}ringing/", extension_parts.extension_ringing, name="extension_ringing"),
    path(
        f"{ONE}forwards/",
        extension_parts.extension_forwards,
        name="extension_forwards",
    ),
    path(f"{ONE}pin/", extension_parts.extension_pin, name="extension_pin"),
    path(
        f"{ONE}phones/new/",
        extension_parts.extension_device_new,
        name="extension_device_new",
    ),
    path(
        f"{ONE}phones/<int:slot>/password/",
        extension_parts.extension_device_secret,
        name="extension_device_secret",
    ),
    path(
        f"{ONE}phones/<int:slot>/remove/",
        extension_parts.extension_device_delete,
        name="extension_device_delete",
    ),
    path(
        "customers/<slug:code>/codes/",
        extension_parts.feature_codes,
        name="feature_codes",
    ),
    path(
        "customers/<slug:code>/codes.pdf",
        documents.codes,
        name="feature_codes_pdf",
    ),
]
