"""The verbs of branding."""

from __future__ import annotations

from pbx_console.branding.services.brands import load_pack, save_brand
from pbx_console.branding.services.domains import add_domain, domain_is_proven

__all__ = ["add_domain", "domain_is_proven", "load_pack", "save_brand"]
