"""From a form to a service and back: what the service refuses stands at its field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError
from django.forms import Form
from django.utils.translation import gettext as _

T = TypeVar("T")


def saved(form: Form, save: Callable[..., T], **also: Any) -> T | None:
    """Call `save(**what was typed, **also)` if the form is right; None with messages else.

    A service is one transaction: after None nothing is changed.
    """
    if not form.is_valid():
        return None
    return attempted(form, lambda: save(**form.cleaned_data, **also))


def attempted(form: Form, save: Callable[[], T]) -> T | None:
    """Call `save()`; put a ValidationError at its fields and return None."""
    try:
        return save()
    except ValidationError as error:
        put(form, error)
    except IntegrityError:
        form.add_error(
            None, _("Somebody else saved the same a moment ago. Look and try again.")
        )
    return None


def put(form: Form, error: ValidationError) -> None:
    """Put messages at the form's fields; what has no field there, above them."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        known = name in form.fields and name != NON_FIELD_ERRORS
        form.add_error(name if known else None, errors)
