"""Queues hold callers until an agent is free; agents are extensions of the customer."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.scope import OwnedManager
from pbx_console.pbx.models.destinations import Destination, Kind, Reachable
from pbx_console.pbx.models.prompts import MusicClass, Prompt

CALLBACK_KEY = "1"
# Why an agent pauses: *461 to *464 at the phone, or a choice in the console.
REASONS = {
    "break": _("break"),
    "lunch": _("lunch"),
    "work": _("desk work"),
    "meeting": _("meeting"),
}


def _seconds(low: int, high: int) -> list[Any]:
    return [MinValueValidator(low), MaxValueValidator(high)]


def _leads_to(words: Any, help_text: Any = "") -> Any:
    return models.ForeignKey(
        Destination,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=words,
        help_text=help_text,
    )


class Queue(Reachable):
    """Callers wait in order, agents are rung by a strategy. app_queue does it."""

    kind = Kind.QUEUE

    class Strategy(models.TextChoices):
        """Whom to ring, in app_queue's words."""

        RINGALL = "ringall", _("all free agents at once")
        LEASTRECENT = "leastrecent", _("who has been without a call longest")
        FEWESTCALLS = "fewestcalls", _("who took the fewest calls")
        RANDOM = "random", _("anybody")
        RRMEMORY = "rrmemory", _("in turn, after the one who was rung last")
        LINEAR = "linear", _("always in the same order")

    class Empty(models.TextChoices):
        """When there is nobody worth waiting for."""

        LOGGED_OUT = "nobody", _("when no agent is logged in")
        AWAY = "away", _("when every agent is logged out, paused or unreachable")
        NEVER = "never", _("never: callers wait for somebody to log in")

    class Key(models.TextChoices):
        """What a caller may press to leave."""

        ZERO = "0", "0"
        TWO = "2", "2"
        NINE = "9", "9"
        STAR = "*", "*"
        HASH = "#", "#"

    strategy = models.CharField(
        _("rings"), max_length=12, choices=Strategy, default=Strategy.RINGALL
    )
    ring_seconds = models.PositiveSmallIntegerField(
        _("an agent's phone rings for, seconds"),
        default=20,
        validators=_seconds(5, 120),
    )
    wrapup_seconds = models.PositiveSmallIntegerField(
        _("rest after a call, seconds"), default=10, validators=_seconds(0, 600)
    )
    prefix = models.CharField(
        _("prefix of the caller's name"),
        max_length=12,
        blank=True,
        validators=[RegexValidator(r"^[\w .:/-]*$", _("Letters, digits and . : / -"))],
        help_text=_("Agents see it on their display: “Service: Anna Voss”."),
    )
    music = models.ForeignKey(
        MusicClass,
        on_delete=models.PROTECT,
        related_name="queues",
        null=True,
        blank=True,
        verbose_name=_("music while waiting"),
    )
    greeting = models.ForeignKey(
        Prompt,
        on_delete=models.PROTECT,
        related_name="greets_queues",
        null=True,
        blank=True,
        verbose_name=_("greeting"),
        help_text=_("Played once, before the caller waits."),
    )
    announce_position = models.BooleanField(
        _("say the place in the queue"), default=True
    )
    announce_seconds = models.PositiveSmallIntegerField(
        _("say it every, seconds"), default=45, validators=_seconds(15, 600)
    )
    periodic = models.ForeignKey(
        Prompt,
        on_delete=models.PROTECT,
        related_name="repeats_in_queues",
        null=True,
        blank=True,
        verbose_name=_("prompt while waiting"),
    )
    periodic_seconds = models.PositiveSmallIntegerField(
        _("play it every, seconds"), default=60, validators=_seconds(10, 600)
    )
    max_wait_seconds = models.PositiveSmallIntegerField(
        _("longest wait, seconds"), default=300, validators=_seconds(5, 7200)
    )
    on_timeout = _leads_to(_("then"), _("After the longest wait."))
    max_waiting = models.PositiveSmallIntegerField(
        _("at most so many wait"),
        default=20,
        validators=_seconds(1, 200),
    )
    on_full = _leads_to(_("when it is full"))
    empty = models.CharField(
        _("callers are sent on"),
        max_length=8,
        choices=Empty,
        default=Empty.LOGGED_OUT,
    )
    on_empty = _leads_to(_("when nobody is there"))
    leave_key = models.CharField(
        _("key to leave"), max_length=1, choices=Key, blank=True
    )
    on_leave = _leads_to(_("the key leads to"))
    offers_callback = models.BooleanField(
        _("offer a call back with key 1"),
        default=False,
        help_text=_("The place is kept; the call back is billed to this queue."),
    )
    target_seconds = models.PositiveSmallIntegerField(
        _("target: answered within, seconds"), default=20, validators=_seconds(1, 600)
    )
    target_percent = models.PositiveSmallIntegerField(
        _("target: share of calls, %"), default=80, validators=_seconds(1, 100)
    )
    is_recorded = models.BooleanField(
        _("record its calls"),
        default=False,
        help_text=_(
            "Both parties are told before it begins, as the rules for recordings say."
        ),
    )

    objects = OwnedManager["Queue"](reseller="customer__reseller", customer="customer")

    class Meta(Reachable.Meta):
        verbose_name = _("queue")

    @property
    def asterisk_name(self) -> str:
        """Return the queue as Asterisk knows it (`pbx_queue_name` in SQL)."""
        return f"{'l' if self.strategy == self.Strategy.LINEAR else 'q'}{self.pk}"

    @property
    def agent_rows(self) -> list[str]:
        """Return its agents to be seated again, in order: `12 1` (extension, level)."""
        return [f"{row.extension_id} {row.level}" for row in self.members.all()]

    @property
    def agent_states(self) -> list[str]:
        """Return who is logged out or pauses: `12 out`, `13 paused lunch`."""
        rows = [row for row in self.members.all() if row.word != "in"]
        return [f"{row.extension_id} {row.word} {row.reason}".strip() for row in rows]

    @property
    def listed_agents(self) -> list[str]:
        """Return the agents in order, for the log."""
        return [str(row) for row in self.members.select_related("extension")]

    def clean(self) -> None:
        """Refuse a taken number, and a key that leads nowhere."""
        super().clean()
        if self.leave_key and self.on_leave is None:
            raise ValidationError({"on_leave": _("Say where the key leads.")})


class QueueMember(models.Model):
    """An agent of a queue. Log-in and pause are the truth; Asterisk's row follows.

    A trigger (migration 0011) writes `asterisk.queue_members`, so the console and a code
    dialled at the phone change the same row and nobody can forget the other.
    """

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="members")
    extension = models.ForeignKey(
        "pbx.Extension", on_delete=models.CASCADE, related_name="queue_memberships"
    )
    position = models.PositiveSmallIntegerField(
        _("place"), default=1, validators=_seconds(1, 999)
    )
    level = models.PositiveSmallIntegerField(
        _("level"),
        default=0,
        validators=_seconds(0, 9),
        help_text=_("Higher levels are rung while all lower ones are busy."),
    )
    is_logged_in = models.BooleanField(_("logged in"), default=True)
    is_paused = models.BooleanField(_("paused"), default=False)
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = OwnedManager["QueueMember"](
        reseller="queue__customer__reseller", customer="queue__customer"
    )

    class Meta:
        ordering = ("position", "extension__number", "id")
        verbose_name = _("agent")
        constraints = [
            models.UniqueConstraint(
                fields=["queue", "extension"],
                name="queue_member",
                violation_error_message=_("This extension is an agent already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.extension}"

    @property
    def part_of(self) -> Queue:
        """Return the queue."""
        return self.queue

    @property
    def customer(self) -> Any:
        """Return whose it is, for the audit log."""
        return self.queue.customer

    @property
    def reason_word(self) -> Any:
        """Return why the agent pauses, in words; empty without a reason."""
        return REASONS.get(self.reason, "")

    @property
    def word(self) -> str:
        """Return `out`, `paused` or `in`."""
        if not self.is_logged_in:
            return "out"
        return "paused" if self.is_paused else "in"


class QueueCallback(models.Model):
    """A caller who hung up and keeps the place; the queue calls back."""

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", _("waiting")
        CALLING = "calling", _("in the queue")
        DONE = "done", _("called back")
        FAILED = "failed", _("not reached")

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="callbacks")
    number = models.CharField(max_length=20)  # E.164 with plus
    name = models.CharField(max_length=60, blank=True)
    joined_at = models.DateTimeField()  # when the caller began to wait: the place
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    try_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = OwnedManager["QueueCallback"](
        reseller="queue__customer__reseller", customer="queue__customer"
    )

    class Meta:
        ordering = ("joined_at", "id")
        verbose_name = _("call back")
        indexes = [
            models.Index(
                fields=["try_at"],
                condition=models.Q(state__in=["waiting", "calling"]),
                name="callback_open",
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def customer(self) -> Any:
        """Return whose it is."""
        return self.queue.customer
