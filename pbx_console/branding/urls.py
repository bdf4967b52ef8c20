"""Addresses of the brand's files."""

from __future__ import annotations

from django.urls import path, re_path

from pbx_console.branding.views import files

app_name = "branding"
urlpatterns = [
    path("brand.css", files.css, name="stylesheet"),
    re_path(
        r"^brand/(?P<name>logo|logo-dark|mark|login)\.(?:svg|png|webp|jpg)$",
        files.picture,
        name="logo",
    ),
    path("brand/icon-<int:size>.png", files.icon, name="icon"),
    path("favicon.ico", files.favicon, name="favicon"),
    path("site.webmanifest", files.manifest, name="manifest"),
]
