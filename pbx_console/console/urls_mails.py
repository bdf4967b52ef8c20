"""Addresses of mails and documents in a brand's dress, and of a customer's documents."""

from __future__ import annotations

from typing import Any

from django.urls import path

from pbx_console.console.views import documents, mails

PAGES: tuple[tuple[str, Any, str], ...] = (
    ("mails/", mails.mails, "mails"),
    ("mails/send-test/", mails.mail_test, "mail_test"),
    ("mails/<slug:kind>/", mails.mail, "mail"),
    ("mails/<slug:kind>/page/", mails.mail_page, "mail_page"),
    ("pdf/preview.pdf", documents.preview, "pdf"),
)

urlpatterns = [
    *(path(f"brand/{rest}", view, name=f"brand_{name}") for rest, view, name in PAGES),
    *(
        path(f"resellers/<slug:slug>/brand/{rest}", view, name=f"reseller_brand_{name}")
        for rest, view, name in PAGES
    ),
    path(
        "customers/<slug:code>/directory.pdf",
        documents.directory,
        name="customer_directory",
    ),
]
