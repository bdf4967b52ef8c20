"""Host names of brands: vouch for, claim, choose the main one, remove."""

from __future__ import annotations

import secrets

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import audit
from pbx_console.branding import dns, hosts, names, proofs
from pbx_console.branding.models import Brand, BrandDomain

MOST = 20  # names of one brand
TOKEN_BYTES = 20  # 160 random bits


@transaction.atomic
def add_domain(
    actor: Actor,
    *,
    brand: Brand,
    host: str,
    primary: bool = False,
    proven: bool = False,
) -> BrandDomain:
    """Give a brand a host name that the platform vouches for, or change what is known of
    it. Raises ValidationError when the name is not one or belongs to somebody else."""
    name = host.strip().lower().removesuffix(".")
    domain = brand.domains.filter(host=name).first() or BrandDomain(
        brand=brand, host=name
    )
    if _is_held_by_another(domain):
        raise ValidationError({"host": names.cannot_be_used()})
    if primary:
        brand.domains.exclude(host=name).update(is_primary=False)
    domain.is_primary = primary
    domain.is_platform = names.is_ours(name)
    if proven and domain.proven_at is None:
        domain.proven_at = timezone.now()
    domain.full_clean()
    domain.save()
    _record(actor, "domain.saved", domain)
    return domain


def add_platform_host(actor: Actor, brand: Brand) -> BrandDomain:
    """Give a reseller's brand its name under our zone, which works at once. Raises
    ValidationError for a short name that cannot stand in a host name."""
    if brand.reseller is None:
        raise ValueError("the platform's own brand has no short name")
    host = names.platform_host(brand.reseller.slug)
    first = not brand.domains.filter(is_primary=True).exists()
    return add_domain(actor, brand=brand, host=host, primary=first, proven=True)


@transaction.atomic
def claim_domain(actor: Actor, *, brand: Brand, host: str) -> BrandDomain:
    """Add a name that its owner has yet to prove. Raises ValidationError; what belongs to
    others and what is the platform's answers with the same sentence."""
    _locked(brand)
    domain = BrandDomain(brand=brand, host=_free_name(brand, host))
    domain.proof_token = secrets.token_hex(TOKEN_BYTES)
    domain.next_check_at = timezone.now()
    domain.full_clean()
    domain.save()
    _record(actor, "domain.added", domain)
    return domain


def _free_name(brand: Brand, typed: str) -> str:
    try:
        name = names.read_host(typed)
    except ValidationError as error:
        raise ValidationError({"host": error.messages}) from error
    if brand.domains.filter(host=name).exists():
        raise ValidationError({"host": _("This name is in the list already.")})
    if brand.domains.count() >= MOST:
        raise ValidationError(
            {
                "host": _("There are %(n)d names already. Remove one first.")
                % {"n": MOST}
            }
        )
    if _is_held_by_another(BrandDomain(brand=brand, host=name)):
        raise ValidationError({"host": names.cannot_be_used()})
    return name


def _is_held_by_another(domain: BrandDomain) -> bool:
    """Say whether somebody else has proven the name, and still does."""
    with as_everyone("holder of a host name"):
        held = BrandDomain.objects.filter(
            host=domain.host, proven_at__isnull=False, failing_since=None
        )
        return held.exclude(brand_id=domain.brand_id).exists()


@transaction.atomic
def make_main(actor: Actor, domain: BrandDomain) -> BrandDomain:
    """Make a proven name the one that links use and the others lead to. Raises
    ValidationError for a name that does not work: people would be locked out."""
    _locked(domain.brand)
    domain = BrandDomain.objects.select_related("brand").get(pk=domain.pk)
    if domain.proven_at is None:
        raise ValidationError(_("Only a proven name can be the main one."))
    if problem := _where(domain):
        raise ValidationError(_(problem))
    before = domain.brand.domains.filter(is_primary=True).first()
    domain.brand.domains.update(is_primary=False)
    domain.is_primary = True
    domain.save(update_fields=["is_primary"])
    _record(actor, "domain.made_main", domain, before=before)
    return domain


def _where(domain: BrandDomain) -> str:
    if not domain.proof_token:
        return ""
    try:
        return proofs.where(domain.host)
    except dns.Unanswered:
        return proofs.SILENCE


@transaction.atomic
def remove_domain(actor: Actor, domain: BrandDomain) -> None:
    """Take a name away. Raises ValidationError for the name under our zone and for the
    last one that works."""
    _locked(domain.brand)
    others = domain.brand.domains.exclude(pk=domain.pk)
    last = domain.proven_at and not others.filter(proven_at__isnull=False).exists()
    if domain.is_platform or last:
        raise ValidationError(_("This name stays, so that sign-in always works."))
    _record(actor, "domain.removed", domain)
    brand, was_primary = domain.brand, domain.is_primary
    domain.delete()
    if was_primary:
        choose_main(brand)


def choose_main(brand: Brand) -> None:
    """Make another proven name the main one after the old one ended: ours, if we can."""
    rows = brand.domains.filter(proven_at__isnull=False, failing_since=None)
    found = rows.order_by("-is_platform", "proven_at").first()
    if found is not None:
        brand.domains.filter(pk=found.pk).update(is_primary=True)


def _locked(brand: Brand) -> None:
    """Let one change of a brand's names follow another."""
    Brand.objects.select_for_update(of=("self",)).get(pk=brand.pk)


def _record(
    actor: Actor, verb: str, domain: BrandDomain, *, before: BrandDomain | None = None
) -> None:
    """Write the log, and let every page see the change after the commit."""
    was = {"host": before.host} if before else {}
    after = {"host": domain.host, "brand": str(domain.brand)}
    audit.record(actor, verb, domain, key=domain.host, before=was, after=after)
    hosts.forget_after_commit()


def domain_is_proven(host: str) -> bool:
    """Say whether a host may get a certificate: a proven domain of an active brand.

    Asked for every unknown name that reaches the proxy, so odd names never reach the
    database, and others at most once a second (`hosts.proven_hosts`).
    """
    name = hosts.host_name(host)
    return bool(name) and ":" not in host and name in hosts.proven_hosts()
