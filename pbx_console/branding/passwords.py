"""A password may not contain the name that stands over the door."""

from __future__ import annotations

import re
from typing import Any

from pbx_console.accounts.passwords import SHORTEST_WORD, refuse_words
from pbx_console.accounts.scope import as_everyone
from pbx_console.branding.models import Brand


class ProductNameValidator:
    """Refuses the product name of the person's brand."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError naming the word."""
        if user is None:
            return
        with as_everyone("a new password"):
            brand = Brand.objects.filter(reseller_id=user.reseller_id).first()
        words = re.split(r"\W+", brand.product_name) if brand else []
        refuse_words(password, [w for w in words if len(w) >= SHORTEST_WORD])

    def get_help_text(self) -> str:
        """Return nothing: the hint says enough."""
        return ""
