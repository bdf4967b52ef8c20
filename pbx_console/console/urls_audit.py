"""Addresses of the audit log and of taking a change back."""

from __future__ import annotations

from django.urls import path

from pbx_console.console.views import audit, undo

urlpatterns = [
    path("audit/", audit.audit, name="audit"),
    path("audit/<int:entry_id>/undo/", undo.undo_entry, name="undo"),
    path("customers/<slug:code>/audit/", audit.customer_audit, name="customer_audit"),
]
