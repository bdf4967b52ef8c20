"""Addresses of the HTML face: the door, then the pages."""

from __future__ import annotations

from pbx_console.console.urls_account import urlpatterns as account
from pbx_console.console.urls_audit import urlpatterns as audit
from pbx_console.console.urls_brand import urlpatterns as brand
from pbx_console.console.urls_domains import urlpatterns as domains
from pbx_console.console.urls_door import urlpatterns as door
from pbx_console.console.urls_mails import urlpatterns as mails
from pbx_console.console.urls_pages import urlpatterns as pages
from pbx_console.console.urls_people import urlpatterns as people

app_name = "console"
urlpatterns = [*door, *account, *pages, *brand, *domains, *mails, *audit, *people]
