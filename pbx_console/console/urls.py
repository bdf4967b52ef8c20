"""Addresses of the HTML face: the door, then the pages."""

from __future__ import annotations

from pbx_console.console.urls_account import urlpatterns as account
from pbx_console.console.urls_audit import urlpatterns as audit
from pbx_console.console.urls_bans import urlpatterns as bans
from pbx_console.console.urls_brand import urlpatterns as brand
from pbx_console.console.urls_domains import urlpatterns as domains
from pbx_console.console.urls_door import urlpatterns as door
from pbx_console.console.urls_extensions import urlpatterns as extensions
from pbx_console.console.urls_flow import urlpatterns as flow
from pbx_console.console.urls_keys import urlpatterns as keys
from pbx_console.console.urls_limits import urlpatterns as limits
from pbx_console.console.urls_mails import urlpatterns as mails
from pbx_console.console.urls_numbers import urlpatterns as numbers
from pbx_console.console.urls_pages import urlpatterns as pages
from pbx_console.console.urls_paths import urlpatterns as paths
from pbx_console.console.urls_people import urlpatterns as people
from pbx_console.console.urls_phones import urlpatterns as phones
from pbx_console.console.urls_queues import urlpatterns as queues
from pbx_console.console.urls_recordings import urlpatterns as recordings
from pbx_console.console.urls_trunks import urlpatterns as trunks
from pbx_console.console.urls_voicemail import urlpatterns as voicemail

app_name = "console"
urlpatterns = [
    *door,
    *account,
    *pages,
    *brand,
    *domains,
    *mails,
    *audit,
    *bans,
    *people,
    *phones,
    *extensions,
    *voicemail,
    *flow,
    *queues,
    *recordings,
    *keys,
    *numbers,
    *trunks,
    *limits,
    *paths,
]
