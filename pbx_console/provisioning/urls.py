"""Addresses that phones ask; they stand last, so that no page is ever hidden."""

from __future__ import annotations

from django.urls import path, re_path, register_converter

from pbx_console.provisioning import views
from pbx_console.provisioning.fetching import Way


class PhoneFile:
    """A file name that holds a phone's address in some maker's way."""

    regex = r"[A-Za-z0-9][A-Za-z0-9._:-]{11,99}"

    def to_python(self, value: str) -> str:
        """Take what some phone would ask for; all else is no address here."""
        if not Way("", value).macs:
            raise ValueError(value)
        return value

    def to_url(self, value: str) -> str:
        """Return the name as it is."""
        return value


register_converter(PhoneFile, "phonefile")
app_name = "provisioning"
urlpatterns = [
    re_path(r"^p/(?P<path>.+)\Z", views.file, name="file"),
    path("<phonefile:name>", views.bare, name="bare"),
]
