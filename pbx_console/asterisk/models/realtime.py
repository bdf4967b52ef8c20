"""PJSIP's realtime tables, named and spelled as Asterisk does.

Only columns that we write; Asterisk takes its default for what is missing or NULL, and
reads everything as text. The tables live in schema `asterisk`, which is on the console's
search path. Options: `core show help` or the documentation XML of the Asterisk in use;
`tests/asterisk/test_realtime_columns.py` compares.
"""

# ruff: noqa: DJ001 - NULL is how Asterisk is told to take its own default
from __future__ import annotations

from django.db import models


class PsEndpoint(models.Model):
    """A phone's or a trunk's identity. Source: res_pjsip, object `endpoint`."""

    id = models.CharField(max_length=60, primary_key=True)
    aors = models.CharField(max_length=60)
    auth = models.CharField(max_length=60, null=True)
    outbound_auth = models.CharField(max_length=60, null=True)
    context = models.CharField(max_length=40)
    disallow = models.CharField(max_length=20, default="all")
    allow = models.CharField(max_length=60, default="g722,alaw,ulaw")
    callerid = models.CharField(max_length=120, null=True)
    accountcode = models.CharField(max_length=20, null=True)
    tenantid = models.CharField(max_length=20, null=True)
    set_var = models.CharField(max_length=400, null=True)
    identify_by = models.CharField(max_length=20, default="username")
    direct_media = models.CharField(max_length=3, default="no")
    rtp_symmetric = models.CharField(max_length=3, default="yes")
    force_rport = models.CharField(max_length=3, default="yes")
    rewrite_contact = models.CharField(max_length=3, default="yes")
    trust_id_inbound = models.CharField(max_length=3, default="no")
    trust_id_outbound = models.CharField(max_length=3, default="no")
    send_pai = models.CharField(max_length=3, default="no")
    send_connected_line = models.CharField(max_length=3, default="yes")
    from_user = models.CharField(max_length=60, null=True)
    dtmf_mode = models.CharField(max_length=10, default="rfc4733")
    language = models.CharField(max_length=5, null=True)
    allow_transfer = models.CharField(max_length=3, default="yes")
    # The own box, and the music of the customer: both named before either exists.
    mailboxes = models.CharField(max_length=120, null=True)
    moh_suggest = models.CharField(max_length=40, null=True)
    # SRTP: of carriers, and of phones as their file told them; `optimistic` takes both.
    media_encryption = models.CharField(max_length=4, null=True)
    media_encryption_optimistic = models.CharField(max_length=3, null=True)
    # Carriers only: what SIP travels in, and how a number is told.
    transport = models.CharField(max_length=10, null=True)
    outbound_proxy = models.CharField(max_length=120, null=True)
    from_domain = models.CharField(max_length=100, null=True)
    send_rpid = models.CharField(max_length=3, default="no", db_default="no")
    # What lamps subscribe to; whose calls may be picked up (`<code>-<group>`).
    subscribe_context = models.CharField(max_length=40, null=True)
    named_call_group = models.CharField(max_length=40, null=True)
    named_pickup_group = models.CharField(max_length=40, null=True)
    # Nothing of Asterisk's: what is recorded, for the dialplan (`pbx.recording`).
    record_on_feature = models.CharField(max_length=120, null=True)
    # Asterisk's own default is its name; "-" is RFC 8866's word for none (section 5.3).
    sdp_session = models.CharField(max_length=20, default="-", db_default="-")

    class Meta:
        db_table = "ps_endpoints"

    def __str__(self) -> str:
        return self.id


class PsAuth(models.Model):
    """Credentials as a digest; the secret itself is not here. Object `auth`."""

    id = models.CharField(max_length=60, primary_key=True)
    auth_type = models.CharField(max_length=10, default="md5")
    username = models.CharField(max_length=60)
    realm = models.CharField(max_length=60, null=True)
    md5_cred = models.CharField(max_length=32, null=True)
    password = models.CharField(max_length=120, null=True)

    class Meta:
        db_table = "ps_auths"

    def __str__(self) -> str:
        return self.id


class PsAor(models.Model):
    """Where an endpoint may be reached. Object `aor`; contacts stay in AstDB."""

    id = models.CharField(max_length=60, primary_key=True)
    max_contacts = models.PositiveSmallIntegerField(default=1)
    remove_existing = models.CharField(max_length=3, default="yes")
    contact = models.CharField(max_length=120, null=True)
    qualify_frequency = models.PositiveIntegerField(default=0)
    default_expiration = models.PositiveIntegerField(default=3600)
    minimum_expiration = models.PositiveIntegerField(default=60)
    maximum_expiration = models.PositiveIntegerField(default=7200)
    support_path = models.CharField(max_length=3, default="no")
    outbound_proxy = models.CharField(max_length=120, null=True)

    class Meta:
        db_table = "ps_aors"

    def __str__(self) -> str:
        return self.id


class PsEndpointIdIp(models.Model):
    """Which addresses are which trunk. Object `identify`.

    Addresses only: Asterisk would ask for names once; `pbx.names` asks again and again.
    """

    id = models.CharField(max_length=60, primary_key=True)
    endpoint = models.CharField(max_length=60)
    match = models.CharField(max_length=1500)
    srv_lookups = models.CharField(max_length=3, default="no")

    class Meta:
        db_table = "ps_endpoint_id_ips"

    def __str__(self) -> str:
        return self.id
