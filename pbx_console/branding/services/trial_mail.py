"""A mail to oneself, to see how the brand's mails look and whether they arrive."""

from __future__ import annotations

from django.db import transaction

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.models import User
from pbx_console.accounts.services import audit
from pbx_console.branding.mail import send
from pbx_console.branding.models import Brand


@transaction.atomic
def send_test(
    actor: Actor, brand: Brand, *, person: User, language: str, path: str
) -> None:
    """Queue the test mail of a brand to the person who asks; `path` is the page."""
    send(
        brand.reseller,
        "test",
        to=person.email,
        name=person.name,
        language=language,
        context={"path": path},
    )
    audit.record(actor, "mail.test_sent", brand, after={"email": person.email})
