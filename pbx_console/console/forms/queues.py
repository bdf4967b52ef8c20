"""The form of a queue: its own fields and its agents, a row each."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from pbx_console.accounts.models import Customer
from pbx_console.console.forms.flow import FlowForm
from pbx_console.pbx.models import Extension, MusicClass, Prompt, Queue
from pbx_console.pbx.models.queues import REASONS
from pbx_console.pbx.services.queues import Seat
from pbx_console.pbx.services.recordings import is_possible

SPARE_ROWS = 3


def _prompts(customer: Customer) -> Any:
    return Prompt.objects.filter(customer=customer)


def _music(customer: Customer) -> Any:
    return MusicClass.objects.filter(customer=customer)


class QueueForm(FlowForm):
    """A queue. Agents are fields `agent_<n>`, `place_<n>`, `level_<n>`; empty: none."""

    model = Queue
    names = (
        *("number", "name", "strategy", "ring_seconds", "wrapup_seconds", "prefix"),
        *("announce_position", "announce_seconds"),
        *("periodic_seconds", "max_wait_seconds", "max_waiting", "empty"),
        *("leave_key", "offers_callback", "target_seconds", "target_percent"),
        "is_recorded",
    )
    destinations = dict.fromkeys(
        ("on_timeout", "on_full", "on_empty", "on_leave"), _("the call ends")
    )
    chosen = {"music": _music, "greeting": _prompts, "periodic": _prompts}

    SECTIONS = (
        (_("Queue"), ("number", "name", "prefix")),
        (_("Agents"), ("strategy", "ring_seconds", "wrapup_seconds", "is_recorded")),
        (
            _("While waiting"),
            (
                *("greeting", "music", "announce_position"),
                *("announce_seconds", "periodic", "periodic_seconds"),
            ),
        ),
        (
            _("Where callers go"),
            (
                *("max_wait_seconds", "on_timeout", "max_waiting", "on_full"),
                *("empty", "on_empty", "leave_key", "on_leave", "offers_callback"),
            ),
        ),
        (_("Target"), ("target_seconds", "target_percent")),
    )

    def __init__(
        self, *args: Any, customer: Customer, obj: Queue | None = None, **kwargs: Any
    ) -> None:
        """Add a row per agent, and some empty ones."""
        super().__init__(*args, customer=customer, obj=obj, **kwargs)
        if not is_possible(customer):
            del self.fields["is_recorded"]
        self.fields["number"].widget.attrs["inputmode"] = "numeric"
        seats = list(obj.members.select_related("extension")) if obj else []
        self.rows = len(seats) + SPARE_ROWS
        if self.is_bound:
            self.rows = max(self.rows, min(_rows_sent(self.data), 220))
        choices = Extension.objects.filter(customer=customer)
        for n in range(self.rows):
            seat = seats[n] if n < len(seats) else None
            self._add_row(n, choices, seat)

    def _add_row(self, n: int, choices: Any, seat: Any) -> None:
        agent = forms.ModelChoiceField(
            choices,
            required=False,
            label=_("Extension"),
            initial=seat.extension_id if seat else None,
            empty_label=_("nobody"),
        )
        agent.widget.attrs["class"] = "form-select"
        place = forms.IntegerField(
            label=_("Place"),
            required=False,
            min_value=1,
            max_value=999,
            initial=seat.position if seat else n + 1,
        )
        level = forms.IntegerField(
            label=_("Level"),
            required=False,
            min_value=0,
            max_value=9,
            initial=seat.level if seat else 0,
        )
        for number in (place, level):
            number.widget.attrs["class"] = "form-control"
        self.fields |= {f"agent_{n}": agent, f"place_{n}": place, f"level_{n}": level}

    def sections(self) -> list[tuple[Any, list[BoundField]]]:
        """Return the queue's own fields in groups."""
        return [
            (title, [self[name] for name in names if name in self.fields])
            for title, names in self.SECTIONS
        ]

    def seats(self) -> list[tuple[BoundField, BoundField, BoundField]]:
        """Return the rows of agents."""
        return [
            (self[f"agent_{n}"], self[f"place_{n}"], self[f"level_{n}"])
            for n in range(self.rows)
        ]

    def clean(self) -> dict[str, Any]:
        """Return the agents in order as `agents`."""
        data: dict[str, Any] = self.cleaned_data
        found: list[tuple[int, int, Seat]] = []
        for n in range(self.rows):
            agent = data.pop(f"agent_{n}", None)
            place, level = data.pop(f"place_{n}", None), data.pop(f"level_{n}", None)
            if agent is not None:
                found.append((place or 999, n, (agent, level or 0)))
        data["agents"] = [seat for _place, _n, seat in sorted(found, key=_order)]
        return data


def _order(found: tuple[int, int, Seat]) -> tuple[int, int]:
    return found[:2]


def _rows_sent(data: Any) -> int:
    numbers = [
        name.removeprefix("agent_") for name in data if name.startswith("agent_")
    ]
    return max((int(n) + 1 for n in numbers if n.isdecimal()), default=0)


class AgentForm(forms.Form):
    """What happens to an agent: log in, log out, pause, come back."""

    act = forms.ChoiceField(
        choices=[(name, name) for name in ("in", "out", "pause", "back")]
    )
    reason = forms.ChoiceField(
        required=False,
        label=_("Reason"),
        choices=[
            ("", _("no reason")),
            *REASONS.items(),
        ],
    )

    ACTS = {
        "in": {"logged_in": True},
        "out": {"logged_in": False},
        "pause": {"paused": True},
        "back": {"paused": False},
    }

    def changes(self) -> dict[str, Any]:
        """Return what `change_agent` is told."""
        return {
            **self.ACTS[self.cleaned_data["act"]],
            "reason": self.cleaned_data["reason"],
        }
