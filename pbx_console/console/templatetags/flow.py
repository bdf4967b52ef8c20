"""Template tags of the call-flow pages."""

from __future__ import annotations

from typing import Any

from django import template
from django.forms import BoundField
from django.utils.html import format_html
from django.utils.safestring import SafeString

from pbx_console.console.templatetags.console import _control_class

register = template.Library()


@register.simple_tag
def cell(bound: BoundField, label: Any, shown: int = 0) -> SafeString:
    """Draw a control of a row: its label is read aloud, and shown where rows differ."""
    drawn = _control_class(bound.field.widget)
    attrs: dict[str, Any] = {"class": drawn, "aria-label": str(label)}
    error = ""
    if bound.errors:
        attrs["aria-describedby"] = f"{bound.auto_id}_error"
        error = format_html(
            '<span class="err" id="{}_error">{}</span>',
            bound.auto_id,
            " ".join(str(message) for message in bound.errors),
        )
    word = format_html('<span class="faint">{}</span>', label) if shown else ""
    control = bound.as_widget(attrs=attrs)
    return format_html('<span class="cell">{}{}{}</span>', word, control, error)
