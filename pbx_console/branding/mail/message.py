"""A rendered mail as a message whose headers name nobody but the brand."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from email.headerregistry import Address
from email.mime.image import MIMEImage
from email.utils import formataddr
from typing import Any

from django.core.mail import EmailMultiAlternatives

from pbx_console.branding.mail.render import Rendered


class Unsigned(EmailMultiAlternatives):
    """A message whose boundaries do not show which program wrote it."""

    def message(self) -> Any:  # type: ignore[override]  # the stubs are Django 6's
        """Return the message in the form that a mail server takes."""
        made = super().message()
        for part in made.walk():
            if part.is_multipart():
                part.set_boundary(secrets.token_hex(16))
        return made


def message(
    mail: Rendered,
    *,
    to: str,
    name: str = "",
    attached: Mapping[str, str] | None = None,
) -> EmailMultiAlternatives:
    """Return the message: text, HTML and the logos that the HTML shows.

    RFC 3834: `Auto-Submitted` keeps holiday answers away. The Message-ID is ours because
    Django's would name this machine. Raises LookupError for a brand that has neither a
    sender's address nor a proven domain.
    """
    dress = mail.dress
    if not dress.from_address:
        raise LookupError(f"{dress.product_name} has no sender's address")
    packed = Unsigned(
        subject=mail.subject,
        body=mail.text,
        from_email=address(dress.from_name, dress.from_address),
        to=[address(name, to)],
        reply_to=_reply_to(mail),
        headers={
            "Message-ID": f"<{secrets.token_hex(16)}@{dress.domain}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    packed.attach_alternative(mail.html, "text/html")
    packed.mixed_subtype = "related"  # type: ignore[attr-defined]  # unknown to stubs
    for cid, data in mail.pictures.items():
        packed.attach(_picture(cid, data))
    if attached:  # `name`, `type` and, in base64, `data`
        packed.mixed_subtype = "mixed"  # type: ignore[attr-defined]
        content = base64.b64decode(attached["data"])
        packed.attach(attached["name"], content, attached["type"])
    return packed


def address(name: str, spec: str) -> str:
    """Return `Name <address>` that stays one address, whatever the name holds.

    Raises ValueError for an address with a line break or several addresses in it.
    """
    parsed = Address(addr_spec=spec)
    clean = "".join(c if c.isprintable() else " " for c in name)
    return formataddr((" ".join(clean.split()), parsed.addr_spec))


def _reply_to(mail: Rendered) -> list[str]:
    dress = mail.dress
    if not dress.support_address:
        return []
    return [address(dress.from_name, dress.support_address)]


def _picture(cid: str, data: bytes) -> Any:
    part = MIMEImage(data, "png")
    part.add_header("Content-ID", f"<{cid}>")
    part.add_header("Content-Disposition", "inline", filename=f"{cid}.png")
    return part
