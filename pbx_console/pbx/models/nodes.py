"""An Asterisk. There is one today and nothing assumes so."""

from __future__ import annotations

from django.db import models


class PbxNode(models.Model):
    """One Asterisk server; its name stands in every journal row (setting PBX_NODE)."""

    name = models.SlugField(max_length=40, unique=True)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name
