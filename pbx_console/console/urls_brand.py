"""Addresses of the brand: one's own under /brand/, a reseller's below /resellers/."""

from __future__ import annotations

from typing import Any

from django.urls import path

from pbx_console.console.views import brand, customer_logo

PAGES: tuple[tuple[str, Any, str], ...] = (
    ("", brand.brand, ""),
    ("publish/", brand.brand_publish, "_publish"),
    ("discard/", brand.brand_discard, "_discard"),
    ("contrast/", brand.brand_tones, "_tones"),
    ("draft.css", brand.brand_styles, "_styles"),
    ("sign-in/", brand.brand_door, "_door"),
    ("document.png", brand.brand_sheet, "_sheet"),
    ("open/", brand.brand_open, "_open"),
    ("close/", brand.brand_close, "_close"),
    ("versions/", brand.brand_versions, "_versions"),
    ("pictures/<slug:digest>/", brand.brand_file, "_file"),
)
OF_RESELLER = "resellers/<slug:slug>/brand/"

urlpatterns = [
    *(path(f"brand/{rest}", view, name=f"brand{name}") for rest, view, name in PAGES),
    *(
        path(OF_RESELLER + rest, view, name=f"reseller_brand{name}")
        for rest, view, name in PAGES
    ),
    path("customers/<slug:code>/logo/", customer_logo.logo, name="customer_logo"),
    path(
        "customers/<slug:code>/logo/picture/",
        customer_logo.picture,
        name="customer_logo_picture",
    ),
]
