"""Voicemail boxes, and an index of the messages that lie in them.

Asterisk keeps the messages as files below `settings.VOICEMAIL_DIR`; a sweep
(`pbx.voicemail_spool`) makes a row of each, once. The PIN is nowhere but in Asterisk's own
table (`asterisk.models.VoicemailUser`): the phone may change it, and nobody can read it.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, validate_email
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models.resellers import Language
from pbx_console.accounts.scope import OwnedManager
from pbx_console.pbx.models.destinations import Kind, Reachable
from pbx_console.pbx.models.extensions import Extension
from pbx_console.pbx.models.prompts import Prompt

MOST_ADDRESSES = 5
MOST_WATCHED = 5
"""Shared boxes that one phone's lamp follows: all its boxes are one column of 120."""


def random_mask() -> int:
    """Return what Asterisk adds to a typed PIN, so that no log ever holds one."""
    return secrets.randbelow(10**11)


def validate_addresses(text: str) -> None:
    """Raise ValidationError unless `text` is mail addresses with commas between them."""
    found = addresses(text)
    if len(found) > MOST_ADDRESSES:
        raise ValidationError(_("At most 5 mail addresses."))
    for address in found:
        validate_email(address)


def addresses(text: str) -> list[str]:
    """Return the mail addresses in a text, each once."""
    return list(dict.fromkeys(text.lower().replace(",", " ").split()))


class VoicemailBox(Reachable):
    """Takes messages: an extension's own box, or a shared one with a number."""

    kind = Kind.VOICEMAIL

    class MailAs(models.TextChoices):
        """What a mail about a new message brings."""

        LINK = "link", _("with a link")
        ATTACHED = "attached", _("with the recording attached")

    extension = models.OneToOneField(
        Extension,
        on_delete=models.CASCADE,
        related_name="voicemail_box",
        verbose_name=_("extension"),
        help_text=_("Whose own box it is. Empty: a shared box."),
        null=True,
        blank=True,
    )
    mail_to = models.CharField(
        _("mail to"),
        max_length=400,
        blank=True,
        validators=[validate_addresses],
        help_text=_("Who is told of new messages. Several with commas between them."),
    )
    mail_as = models.CharField(
        _("mail"), max_length=8, choices=MailAs, default=MailAs.LINK
    )
    delete_after_mail = models.BooleanField(
        _("delete after the mail"),
        default=False,
        help_text=_("Only with the recording attached, and only once the mail left."),
    )
    greeting = models.ForeignKey(
        Prompt,
        on_delete=models.PROTECT,
        related_name="voicemail_boxes",
        verbose_name=_("greeting"),
        help_text=_("Empty: what was recorded by phone, else a neutral text."),
        null=True,
        blank=True,
    )
    language = models.CharField(
        _("language"),
        max_length=2,
        choices=Language,
        blank=True,
        help_text=_("Of the spoken guidance. Empty: the customer's."),
    )
    max_seconds = models.PositiveSmallIntegerField(
        _("longest message (s)"),
        default=180,
        validators=[MinValueValidator(10), MaxValueValidator(600)],
    )
    watchers = models.ManyToManyField(
        Extension,
        related_name="watched_boxes",
        verbose_name=_("lamp on the phones of"),
        help_text=_("Their message lamp is lit while a new message waits here."),
        blank=True,
    )
    # Wrong PINs are counted over calls; `pin_lock_told` says that a notice went out.
    pin_tries = models.PositiveSmallIntegerField(default=0, editable=False)
    pin_locked_until = models.DateTimeField(null=True, editable=False)
    pin_lock_told = models.BooleanField(default=True, editable=False)
    pin_mask = models.BigIntegerField(default=random_mask, editable=False)

    objects = OwnedManager["VoicemailBox"](
        reseller="customer__reseller", customer="customer"
    )

    class Meta(Reachable.Meta):
        verbose_name = _("voicemail box")

    def clean(self) -> None:
        """Refuse a second number for an own box, and deleting what nobody was sent."""
        super().clean()
        if self.extension_id and self.number:
            message = _("An extension's own box has no number; *97 opens it.")
            raise ValidationError({"number": message})
        attached = self.mail_as == self.MailAs.ATTACHED and self.mail_to
        if self.delete_after_mail and not attached:
            message = _("Deleting needs a mail with the recording attached.")
            raise ValidationError({"delete_after_mail": message})

    @property
    def mailbox(self) -> str:
        """Return its name in Asterisk, inside the context named by the customer's code.

        That of an own box is known before the box exists, so phones can always watch it.
        """
        return str(self.extension_id) if self.extension_id else f"s{self.pk}"

    @property
    def is_locked(self) -> bool:
        """Say whether wrong PINs closed it for phones, for the moment."""
        return bool(self.pin_locked_until and self.pin_locked_until > timezone.now())

    @property
    def lamps(self) -> list[str]:
        """Return the numbers of the extensions whose lamps follow it, for the log."""
        return [extension.number for extension in self.watchers.order_by("number")]

    @property
    def addresses(self) -> list[str]:
        """Return who is told of new messages."""
        return addresses(self.mail_to)


class VoicemailMessage(models.Model):
    """A message as the spool has it; `message_id` is Asterisk's and stays when it moves."""

    box = models.ForeignKey(
        VoicemailBox, on_delete=models.CASCADE, related_name="messages"
    )
    message_id = models.CharField(max_length=80)
    folder = models.CharField(max_length=12)
    is_new = models.BooleanField(default=True)
    caller_number = models.CharField(max_length=40, blank=True)
    caller_name = models.CharField(max_length=80, blank=True)
    left_at = models.DateTimeField()
    seconds = models.PositiveIntegerField(default=0)
    mailed_at = models.DateTimeField(null=True)

    objects = OwnedManager["VoicemailMessage"](
        reseller="box__customer__reseller", customer="box__customer"
    )

    class Meta:
        ordering = ("-left_at", "-id")
        verbose_name = _("voicemail message")
        constraints = [
            models.UniqueConstraint(
                fields=["box", "message_id"], name="voicemail_message_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.box}, {self.left_at:%Y-%m-%d %H:%M}"

    @property
    def customer(self) -> Any:
        """Return whose it is, for the audit log."""
        return self.box.customer
