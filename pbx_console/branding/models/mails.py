"""Mails that wait, that left, and that could not be delivered."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.fields import SecretField
from pbx_console.accounts.scope import OwnedManager
from pbx_console.branding.models.brands import Brand


class OutgoingMail(models.Model):
    """One mail to one person, written in the transaction of what it tells about.

    A worker sends it (`branding.mail.outbox`); a Celery task only hints that there is
    one. `payload` is JSON with the texts and links of the mail; links carry tokens, so
    it is encrypted, and emptied as soon as the mail left or was given up.
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="mails")
    kind = models.CharField(_("kind"), max_length=40)
    to = models.EmailField(_("mail address"), max_length=200)
    name = models.CharField(_("name"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=2)
    payload = SecretField(blank=True, default="")
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=200, blank=True)

    objects = OwnedManager["OutgoingMail"](reseller="brand__reseller")

    class Meta:
        ordering = ("-created_at", "-id")
        verbose_name = _("mail")
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=models.Q(next_try_at__isnull=False),
                name="outgoing_mail_waits",
            ),
            models.Index(fields=["brand", "-created_at"], name="outgoing_mail_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.to}"

    @property
    def state(self) -> str:
        """Return `sent`, `failed` (given up) or `waiting`."""
        if self.sent_at:
            return "sent"
        return "waiting" if self.next_try_at else "failed"
