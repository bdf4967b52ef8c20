"""Figures of the limits page."""

from __future__ import annotations

from django import template

from pbx_console.console import formats

register = template.Library()


@register.filter
def limit_figure(value: int, kind: str) -> str:
    """Return money as money, milliseconds as minutes."""
    return formats.money(value) if kind == "money" else formats.minutes(value // 1000)
