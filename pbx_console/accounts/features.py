"""What a reseller is allowed, and what it allows its customers: one question, one answer.

A customer's feature counts only while its reseller has it: taking one away from a
reseller takes it from all its customers at once, without touching their rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from pbx_console.accounts.models import Customer, Reseller
from pbx_console.accounts.models.resellers import Feature


def allowed(feature: str, owner: Customer | Reseller | None) -> bool:
    """Say whether `owner` has a feature; the platform itself (None) has all of them.

    A word that is no feature is a mistake in our code.
    """
    wanted = Feature(feature)
    if owner is None:
        return True
    if isinstance(owner, Customer):
        return wanted in owner.features and wanted in owner.reseller.features
    return wanted in owner.features


def ensure(feature: str, owner: Customer | Reseller | None) -> None:
    """Raise PermissionDenied, with a sentence to show, where a feature is off."""
    if not allowed(feature, owner):
        raise PermissionDenied(refusal(feature))


def refusal(feature: str) -> str:
    """Return why a page does not open, in the reader's language."""
    words = _("“%(feature)s” is not part of this contract.")
    return words % {"feature": Feature(feature).label}


_followers: list[Callable[[Customer | Reseller], None]] = []


def followed(
    follow: Callable[[Customer | Reseller], None],
) -> Callable[[Customer | Reseller], None]:
    """Register what has to follow, in the same transaction, when features changed."""
    _followers.append(follow)
    return follow


def changed(owner: Customer | Reseller) -> None:
    """Have everybody follow who registered. Called when a contract was saved."""
    for follow in _followers:
        follow(owner)


def known_features(wanted: Iterable[str]) -> list[str]:
    """Return the features among `wanted`, each once, in the order of the list."""
    chosen = set(wanted)
    return [feature.value for feature in Feature if feature in chosen]


def offered(owner: Reseller) -> list[Feature]:
    """Return what a reseller may hand on to its customers, in the order of the list."""
    return [feature for feature in Feature if feature in owner.features]
