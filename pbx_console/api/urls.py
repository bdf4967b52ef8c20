"""Addresses of the JSON face. Machines inside the deployment ask these without a brand;
the proxy in front does not pass them on."""

from __future__ import annotations

from django.urls import path

from pbx_console.api.views import domains, health

app_name = "api"
urlpatterns = [
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("caddy/ask", domains.ask, name="caddy_ask"),
]
