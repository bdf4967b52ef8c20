"""Addresses of the brand's files."""

from __future__ import annotations

from django.urls import path, re_path

from pbx_console.branding.views import files

app_name = "branding"
urlpatterns = [
    path("brand.css", files.css, name="stylesheet"),
    re_path(r"^brand/(?P<name>logo|logo-dark|mark)\.svg$", files.drawing, name="logo"),
    path("favicon.ico", files.favicon, name="favicon"),
    path("favicon.svg", files.favicon, name="favicon"),
]
