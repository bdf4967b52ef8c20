"""What a reseller looks like and under which names it is found."""

from __future__ import annotations

from pbx_console.branding.models.brands import Brand
from pbx_console.branding.models.domains import BrandDomain
from pbx_console.branding.models.drafts import BrandDraft, BrandVersion
from pbx_console.branding.models.files import BrandFile, CustomerLogo, Kind
from pbx_console.branding.models.mails import OutgoingMail

__all__ = [
    "Brand",
    "BrandDomain",
    "BrandDraft",
    "BrandFile",
    "BrandVersion",
    "CustomerLogo",
    "Kind",
    "OutgoingMail",
]
