"""Proving names by the DNS: at once when asked, every minute while one waits, daily after.

The DNS is asked outside of any transaction; what it said is written in one.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy
from limits import parse

from pbx_console.accounts.actor import SYSTEM, Actor
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import audit
from pbx_console.branding import hosts, limiter, proofs
from pbx_console.branding.mail.queue import send_to_reseller
from pbx_console.branding.models import BrandDomain
from pbx_console.branding.services.domains import choose_main

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
GRACE = timedelta(days=3)  # between the first failure and the end
PATIENCE = timedelta(days=30)  # how long a claim is looked at by itself
MOST = 50  # names of one run
BUDGET = 40.0  # seconds of one run; the next begins after a minute
PER_NAME = parse("6 per minute")
PER_BRAND = parse("30 per 10 minutes")


class TooOften(Exception):
    """Somebody asks the DNS more often than it can change."""


def check_now(actor: Actor, domain: BrandDomain) -> BrandDomain:
    """Look at a name because a person asks. Raises TooOften."""
    name = limiter.allowed(PER_NAME, "domain", str(domain.pk))
    if not (name and limiter.allowed(PER_BRAND, "brand", str(domain.brand_id))):
        raise TooOften
    return look_at(actor, domain)


def check_due() -> int:
    """Look at what is due, the longest waiting first; return how many that were."""
    end, done = time.monotonic() + BUDGET, 0
    with as_everyone("names that are due"):
        while done < MOST and time.monotonic() < end and (domain := _take_one()):
            look_at(SYSTEM, domain)
            done += 1
    return done


@transaction.atomic
def _take_one() -> BrandDomain | None:
    """Take the next one, so that a second run does not look at it too."""
    now = timezone.now()
    rows = BrandDomain.objects.select_for_update(skip_locked=True, of=("self",))
    due = rows.filter(next_check_at__lte=now).exclude(proof_token="")
    domain = due.select_related("brand__reseller").order_by("next_check_at").first()
    if domain is not None:
        BrandDomain.objects.filter(pk=domain.pk).update(next_check_at=now + 10 * MINUTE)
    return domain


def look_at(actor: Actor, domain: BrandDomain) -> BrandDomain:
    """Ask the DNS about a name and write what it said; return the name as it is now."""
    proof = proofs.ask(domain)
    if proof.proven and domain.proven_at is None:
        _free_from_others(domain)
    with transaction.atomic():
        rows = BrandDomain.objects.select_for_update(of=("self",))
        fresh = rows.select_related("brand__reseller").filter(pk=domain.pk).first()
        if fresh is None:  # removed meanwhile
            return domain
        _write(actor, fresh, proof)
        fresh.next_check_at = _next(fresh)
        fresh.save()
        hosts.forget_after_commit()
    return fresh


def _free_from_others(domain: BrandDomain) -> None:
    """Whoever holds the name loses it if the proof has gone: names change hands."""
    with as_everyone("a name that may have changed hands"):
        rows = BrandDomain.objects.filter(host=domain.host, proven_at__isnull=False)
        for holder in rows.exclude(pk=domain.pk).exclude(proof_token=""):
            proof = proofs.ask(holder)
            if proof.known and not proof.proven:
                _take_from(holder, proof.problem)


@transaction.atomic
def _take_from(holder: BrandDomain, problem: str) -> None:
    rows = BrandDomain.objects.select_for_update(of=("self",))
    fresh = rows.select_related("brand__reseller").filter(pk=holder.pk).first()
    if fresh is not None and fresh.proven_at is not None:
        _switch_off(fresh, problem)


def _write(actor: Actor, domain: BrandDomain, proof: proofs.Proof) -> None:
    """Take over what was found."""
    domain.checked_at = timezone.now()
    if domain.proven_at is None:
        _write_claim(actor, domain, proof)
    elif proof.known:
        _write_proven(domain, proof)


def _write_claim(actor: Actor, domain: BrandDomain, proof: proofs.Proof) -> None:
    domain.problem = proof.problem
    if not proof.proven:
        return
    if _is_held(domain):
        domain.problem = proofs.TAKEN
        return
    domain.proven_at = domain.checked_at
    domain.failing_since = domain.switched_off_at = None
    _record(actor, "domain.proven", domain)


def _is_held(domain: BrandDomain) -> bool:
    with as_everyone("holder of a host name"):
        held = BrandDomain.objects.filter(host=domain.host, proven_at__isnull=False)
        return held.exclude(pk=domain.pk).exists()


def _write_proven(domain: BrandDomain, proof: proofs.Proof) -> None:
    if proof.proven and proof.leads_here:
        domain.failing_since, domain.problem = None, ""
        return
    domain.problem = proof.problem
    if domain.failing_since is None:
        domain.failing_since = domain.checked_at
        _record(SYSTEM, "domain.failing", domain)
        _tell(domain, "domain_failing")
    elif timezone.now() - domain.failing_since >= GRACE and not _is_last(domain):
        _switch_off(domain, proof.problem)


def _is_last(domain: BrandDomain) -> bool:
    """Say whether the brand could not be reached at all without this name."""
    others = domain.brand.domains.exclude(pk=domain.pk)
    return not others.filter(proven_at__isnull=False).exists()


def _switch_off(domain: BrandDomain, problem: str) -> None:
    """Stop serving a name. The claim stays and turns live again with its record; the
    name under our zone goes on working."""
    domain.switched_off_at = timezone.now()
    domain.proven_at = domain.failing_since = None
    domain.problem = problem
    domain.is_primary, was_primary = False, domain.is_primary
    domain.next_check_at = _next(domain)
    domain.save()
    if was_primary:
        choose_main(domain.brand)
    _record(SYSTEM, "domain.switched_off", domain)
    _tell(domain, "domain_off")
    hosts.forget_after_commit()


def _next(domain: BrandDomain) -> datetime | None:
    """Return when to look again: soon at first, then less and less often."""
    now = timezone.now()
    if domain.proven_at is not None:
        return now + (HOUR if domain.problem else DAY)
    age = now - (domain.switched_off_at or domain.added_at)
    return None if age > PATIENCE else now + min(max(age / 10, MINUTE), HOUR)


def _record(actor: Actor, verb: str, domain: BrandDomain) -> None:
    audit.record(actor, verb, domain, key=domain.host, after={"host": domain.host})


def _tell(domain: BrandDomain, kind: str) -> None:
    """Write to the owners of the reseller, and to nobody below."""
    if domain.brand.reseller is None:
        return
    context = {"host": domain.host, "problem": gettext_lazy(domain.problem)}
    context["path"] = "/brand/domains/"
    send_to_reseller(domain.brand.reseller, kind, context=context)
