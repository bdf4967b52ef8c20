"""Who owns what: resellers, customers, people, rights, scope, audit."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The lowest Django room; knows no telephone."""

    name = "pbx_console.accounts"
    label = "accounts"
