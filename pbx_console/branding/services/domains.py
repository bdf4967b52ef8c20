"""Host names of brands."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.scope import as_everyone
from pbx_console.accounts.services import audit
from pbx_console.branding import hosts
from pbx_console.branding.models import Brand, BrandDomain


@transaction.atomic
def add_domain(
    actor: Actor,
    *,
    brand: Brand,
    host: str,
    primary: bool = False,
    proven: bool = False,
) -> BrandDomain:
    """Give a brand a host name, or change what is known of it. Raises ValidationError
    when the name is not one or belongs to somebody else."""
    name = host.strip().lower().removesuffix(".")
    domain = brand.domains.filter(host=name).first() or BrandDomain(
        brand=brand, host=name
    )
    if primary:
        brand.domains.exclude(host=name).update(is_primary=False)
    domain.is_primary = primary
    if proven and domain.proven_at is None:
        domain.proven_at = timezone.now()
    domain.full_clean()
    domain.save()
    after = {"host": domain.host, "brand": str(brand)}
    audit.record(actor, "domain.saved", brand, key=domain.host, after=after)
    hosts.forget_after_commit()
    return domain


def domain_is_proven(host: str) -> bool:
    """Say whether a host may get a certificate: a proven domain of an active brand.

    Asked for every unknown name that reaches the proxy, so odd names never reach the
    database.
    """
    name = hosts.host_name(host)
    if not name or ":" in host:
        return False
    with as_everyone("certificate for a host"):
        rows = BrandDomain.objects.filter(host=name, proven_at__isnull=False)
        return rows.exclude(brand__reseller__is_active=False).exists()
