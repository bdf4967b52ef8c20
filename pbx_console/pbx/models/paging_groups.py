"""Paging: a voice out of many phones at once, without anybody lifting a receiver."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.scope import OwnedManager
from pbx_console.pbx.models.destinations import Kind, Reachable
from pbx_console.pbx.models.extensions import Extension


class PagingGroup(Reachable):
    """Its phones answer by themselves and are heard by nobody."""

    kind = Kind.PAGING

    members = models.ManyToManyField(
        Extension, related_name="paging_groups", verbose_name=_("phones")
    )
    talks_back = models.BooleanField(
        _("everybody may speak"),
        default=False,
        help_text=_("Otherwise only the caller is heard."),
    )

    objects = OwnedManager["PagingGroup"](
        reseller="customer__reseller", customer="customer"
    )

    class Meta(Reachable.Meta):
        verbose_name = _("paging group")

    @property
    def member_ids(self) -> list[int]:
        """Return the keys of its extensions, to be made again."""
        return list(self.members.order_by("number").values_list("pk", flat=True))

    @property
    def listed_members(self) -> list[str]:
        """Return its extensions as people know them, for the log."""
        return [str(each) for each in self.members.order_by("number")]
