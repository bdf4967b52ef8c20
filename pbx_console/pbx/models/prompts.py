"""Sound that is played to callers: prompts, and music for those who wait."""

from __future__ import annotations

import secrets

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Customer
from pbx_console.accounts.scope import OwnedManager
from pbx_console.pbx.models.extensions import Extension


class Prompt(models.Model):
    """A recording of a customer, uploaded, spoken from text or recorded by phone.

    `data` is the truth: WAV, 16 bit, mono, 16 kHz. Asterisk plays a file that is named by
    `digest`, so nothing that plays is ever overwritten.
    """

    class Source(models.TextChoices):
        """Where it came from."""

        UPLOAD = "upload", _("uploaded")
        TEXT = "text", _("spoken from text")
        PHONE = "phone", _("recorded by phone")

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="prompts"
    )
    name = models.CharField(_("name"), max_length=60)
    source = models.CharField(max_length=6, choices=Source, default=Source.UPLOAD)
    text = models.TextField(_("text"), blank=True, max_length=1000)
    language = models.CharField(_("language"), max_length=5, blank=True)
    phone_code = models.CharField(
        _("number for *77"),
        max_length=4,
        blank=True,
        validators=[RegexValidator(r"^[0-9]{1,4}$", _("One to four digits."))],
        help_text=_(
            "Who dials *77 and this number, and knows the PIN of the extension,"
            " speaks it anew."
        ),
    )
    data = models.BinaryField(default=b"", editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    seconds = models.DecimalField(
        max_digits=6, decimal_places=1, default=0, editable=False
    )
    saved_at = models.DateTimeField(auto_now=True)

    objects = OwnedManager["Prompt"](reseller="customer__reseller", customer="customer")

    class Meta:
        ordering = ("name", "id")
        verbose_name = _("prompt")
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "name"],
                name="prompt_name",
                violation_error_message=_("There is a prompt of this name already."),
            ),
            models.UniqueConstraint(
                fields=["customer", "phone_code"],
                condition=~models.Q(phone_code=""),
                name="prompt_phone_code",
                violation_error_message=_("Another prompt has this number."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def sound(self) -> str:
        """Return what Playback is told: a path without its extension; empty if none."""
        return f"prompts/{self.digest}" if self.digest else ""


def random_key() -> str:
    """Return what a call is known by in Asterisk: 64 random bits as hex."""
    return secrets.token_hex(8)


class PromptCall(models.Model):
    """A phone that rings, or rang, so that somebody speaks a prompt.

    Asterisk moves it from `ringing` to `kept` or `over` (`asterisk.prompt_spoken`), the
    console takes what was kept.
    """

    class State(models.TextChoices):
        """How far it is."""

        RINGING = "ringing", _("The phone rings.")
        SPEAKING = "speaking", _("Somebody is at the phone.")
        KEPT = "kept", _("The recording was kept and is being stored.")
        DONE = "done", _("Recorded. The prompt has a new sound.")
        OVER = "over", _("The call ended without a recording. Nothing was changed.")
        REFUSED = "refused", _("The recording cannot be used.")

    prompt = models.ForeignKey(Prompt, on_delete=models.CASCADE, related_name="calls")
    extension = models.ForeignKey(
        Extension, on_delete=models.CASCADE, related_name="prompt_calls"
    )
    key = models.CharField(max_length=16, unique=True, default=random_key)
    state = models.CharField(max_length=8, choices=State, default=State.RINGING)
    problem = models.TextField(blank=True, default="")
    started_at = models.DateTimeField(auto_now_add=True)

    objects = OwnedManager["PromptCall"](
        reseller="prompt__customer__reseller", customer="prompt__customer"
    )

    class Meta:
        ordering = ("-started_at", "-id")
        verbose_name = _("recording by phone")

    def __str__(self) -> str:
        return f"{self.prompt}, {self.extension}"

    @property
    def is_open(self) -> bool:
        """Say whether something may still come of it."""
        return self.state in ("ringing", "speaking", "kept")

    @property
    def customer(self) -> Customer:
        """Return whose it is, for the audit log."""
        return self.prompt.customer


class MusicClass(models.Model):
    """Music for callers who wait. Its tracks are `MusicTrack` rows."""

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="music_classes"
    )
    name = models.CharField(_("name"), max_length=60)
    is_default = models.BooleanField(
        _("for everybody who is on hold"),
        default=False,
        help_text=_("Played wherever nothing else was chosen."),
    )

    objects = OwnedManager["MusicClass"](
        reseller="customer__reseller", customer="customer"
    )

    class Meta:
        ordering = ("name", "id")
        verbose_name = _("music on hold")
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "name"],
                name="music_name",
                violation_error_message=_("There is music of this name already."),
            ),
            models.UniqueConstraint(
                fields=["customer"],
                condition=models.Q(is_default=True),
                name="music_one_default",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def asterisk_name(self) -> str:
        """Return the class as Asterisk knows it."""
        return f"m{self.pk}"


class MusicTrack(models.Model):
    """One piece of music; `data` and `digest` as a prompt's."""

    music = models.ForeignKey(
        MusicClass, on_delete=models.CASCADE, related_name="tracks"
    )
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(_("name"), max_length=60)
    data = models.BinaryField(default=b"", editable=False)
    digest = models.CharField(max_length=64, editable=False)
    seconds = models.DecimalField(
        max_digits=6, decimal_places=1, default=0, editable=False
    )

    objects = OwnedManager["MusicTrack"](
        reseller="music__customer__reseller", customer="music__customer"
    )

    class Meta:
        ordering = ("position", "id")
        verbose_name = _("piece of music")

    def __str__(self) -> str:
        return self.name

    @property
    def customer(self) -> Customer:
        """Return whose it is, for the audit log."""
        return self.music.customer
