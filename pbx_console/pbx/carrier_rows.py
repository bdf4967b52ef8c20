"""A trunk in Asterisk's own words: endpoint, address, identity, account, registration."""

from __future__ import annotations

from django.db import models

from pbx_console.asterisk.models import (
    PsAor,
    PsAuth,
    PsEndpoint,
    PsEndpointIdIp,
    PsRegistration,
)
from pbx_console.pbx.models.trunks import Trunk


def trunk_rows(trunk: Trunk, revision_variable: str) -> list[models.Model]:
    """Return endpoint, aor and identify of a trunk, and, where the carrier asks for an
    account, auth and registration. Without a known address nobody is this carrier."""
    rows: list[models.Model] = [_endpoint(trunk, revision_variable), _aor(trunk)]
    if trunk.known_addresses:
        rows.append(identify_row(trunk))
    if trunk.username:
        rows.append(_auth(trunk))
    if trunk.registers:
        rows.append(registration_row(trunk))
    return rows


def _endpoint(trunk: Trunk, revision_variable: str) -> PsEndpoint:
    key = trunk.endpoint_id
    header = trunk.caller_header
    return PsEndpoint(
        id=key,
        aors=key,
        context="from-trunk",
        identify_by="ip",
        allow="alaw,ulaw",
        set_var=_variables(trunk, revision_variable),
        outbound_auth=key if trunk.username else None,
        outbound_proxy=_proxy(trunk),
        transport=_transport(trunk),
        media_encryption="sdes" if trunk.srtp else None,
        from_user=whole(trunk.username) or None if trunk.account_in_from else None,
        from_domain=trunk.domain or None,
        send_pai="yes" if header == Trunk.CallerHeader.PAI else "no",
        send_rpid="yes" if header == Trunk.CallerHeader.RPID else "no",
        # Else the 200 to an outside caller names the extension that answered.
        send_connected_line="no",
        trust_id_outbound="yes",
        allow_transfer="no",
    )


def _variables(trunk: Trunk, revision_variable: str) -> str:
    """With an account, calls may come to the account's name; the number is in To then.

    `PBX_MARK` is the header that says that a call comes from abroad, `PBX_MARK_IS` its
    value where only that one counts.
    """
    told = [revision_variable]
    if trunk.registers:
        told.append(f"PBX_ACCOUNT={whole(trunk.username)}")
    if trunk.origin == Trunk.Origin.MARKED:
        header, _colon, value = trunk.abroad_header.partition(":")
        told += [f"PBX_MARK={header.strip()}", f"PBX_MARK_IS={value.strip()}"]
    return ";".join(told)


def _aor(trunk: Trunk) -> PsAor:
    """Where calls go. Nothing may register there; `pbx.watch` asks whether it answers.

    A host name is resolved by Asterisk (A, AAAA, and SRV where no port is set) when a call
    goes there, so the certificate can be compared with it. A name that led astray gets no
    contact until it leads to an address again that may be used (`pbx.names`).
    """
    uri = f"sip:{trunk.place}{_parameter(trunk)}"
    usable = not trunk.names or bool(trunk.resolved)
    return PsAor(
        id=trunk.endpoint_id,
        max_contacts=0,
        contact=whole(uri) if usable else None,
        outbound_proxy=_proxy(trunk),
    )


def identify_row(trunk: Trunk) -> PsEndpointIdIp:
    """Return which addresses are this trunk's carrier."""
    match = ",".join(trunk.known_addresses)
    return PsEndpointIdIp(id=trunk.endpoint_id, endpoint=trunk.endpoint_id, match=match)


def _auth(trunk: Trunk) -> PsAuth:
    return PsAuth(
        id=trunk.endpoint_id,
        auth_type="userpass",
        username=whole(trunk.username),
        password=whole(trunk.secret),
    )


def registration_row(trunk: Trunk) -> PsRegistration:
    """Return the account as Asterisk registers it."""
    domain = trunk.domain or trunk.uri_host
    at = trunk.domain or trunk.place
    # With a domain the request still goes to the address of the trunk.
    way = _proxy(trunk)
    if way is None and trunk.domain:
        way = whole(f"sip:{trunk.place}{_parameter(trunk)};lr")
    return PsRegistration(
        id=trunk.endpoint_id,
        endpoint=trunk.endpoint_id,
        server_uri=whole(f"sip:{at}{_parameter(trunk)}"),
        client_uri=whole(f"sip:{trunk.username}@{domain}"),
        contact_user=whole(trunk.username),
        outbound_auth=trunk.endpoint_id,
        outbound_proxy=way,
        transport=_transport(trunk),
    )


def _proxy(trunk: Trunk) -> str | None:
    """Return the loose route to the proxy, on the trunk's own port and transport."""
    if not trunk.proxy:
        return None
    host = f"[{trunk.proxy}]" if ":" in trunk.proxy else trunk.proxy
    at = f"{host}:{trunk.port}" if trunk.port else host
    return whole(f"sip:{at}{_parameter(trunk)};lr")


def whole(text: str) -> str:
    """Return a text as a table holds it: a bare semicolon would end the value there."""
    return text.replace("^", "^5E").replace(";", "^3B")


def _parameter(trunk: Trunk) -> str:
    if trunk.transport == Trunk.Transport.UDP:
        return ""
    return f";transport={trunk.transport}"


def _transport(trunk: Trunk) -> str | None:
    if trunk.transport == Trunk.Transport.UDP:
        return None
    if trunk.transport == Trunk.Transport.TLS and not trunk.checks_certificate:
        return "tls-open"
    return str(trunk.transport)


def registration_actions(endpoint_id: str) -> list[dict[str, str]]:
    """Return what makes Asterisk register as the row says, or unregister.

    A registration that comes from the database begins when it is asked for by name, and
    ends only while its row is still there (tried on 22.10.1); see `forget_registrations`.
    """
    if not PsRegistration.objects.filter(pk=endpoint_id).exists():
        return []
    verb = "PJSIPRegister" if endpoint_id in _wanted() else "PJSIPUnregister"
    return [{"Action": verb, "Registration": endpoint_id}]


def forget_registrations() -> None:
    """Drop the rows of trunks that do not register any more, once Asterisk knows."""
    PsRegistration.objects.exclude(pk__in=_wanted()).delete()


def _wanted() -> set[str]:
    rows = Trunk.objects.filter(is_active=True, registers=True)
    return {trunk.endpoint_id for trunk in rows.only("slug")}
