"""All addresses: the JSON face, the brand's files, the console, phones' files."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("api/", include("pbx_console.api.urls")),
    path("", include("pbx_console.branding.urls")),
    path("", include("pbx_console.console.urls")),
    path("", include("pbx_console.provisioning.urls")),
]

handler400 = "pbx_console.console.views.errors.bad_request"
handler403 = "pbx_console.console.views.errors.forbidden"
handler404 = "pbx_console.console.views.errors.not_found"
handler500 = "pbx_console.console.views.errors.server_error"
