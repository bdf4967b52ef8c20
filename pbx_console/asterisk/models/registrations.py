"""Where we register ourselves: res_pjsip_outbound_registration, object `registration`."""

# ruff: noqa: DJ001 - NULL is how Asterisk is told to take its own default
from __future__ import annotations

from django.db import models


class PsRegistration(models.Model):
    """One account at a carrier. Read by Asterisk when it is asked for by name."""

    id = models.CharField(max_length=60, primary_key=True)
    server_uri = models.CharField(max_length=200)
    client_uri = models.CharField(max_length=200)
    contact_user = models.CharField(max_length=60)
    outbound_auth = models.CharField(max_length=60)
    outbound_proxy = models.CharField(max_length=120, null=True)
    transport = models.CharField(max_length=10, null=True)
    endpoint = models.CharField(max_length=60)
    line = models.CharField(max_length=3, default="yes")
    expiration = models.PositiveIntegerField(default=300)
    retry_interval = models.PositiveIntegerField(default=30)
    forbidden_retry_interval = models.PositiveIntegerField(default=300)
    fatal_retry_interval = models.PositiveIntegerField(default=300)
    # Else the first one waits up to ten seconds.
    max_random_initial_delay = models.PositiveIntegerField(default=0)
    max_retries = models.PositiveIntegerField(default=1000000)
    auth_rejection_permanent = models.CharField(max_length=3, default="no")

    class Meta:
        db_table = "ps_registrations"

    def __str__(self) -> str:
        return self.id
