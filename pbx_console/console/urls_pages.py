"""Addresses of the pages behind the door. Slugs and numbers, never ids of rows."""

from __future__ import annotations

from django.urls import path

from pbx_console.console.views import (
    calls,
    customers,
    extensions,
    flagged_calls,
    home,
    numbers,
    price_lists,
    resellers,
    search,
    tariffs,
    trunks,
    usage,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("search/", search.search, name="search"),
    path("resellers/", resellers.resellers, name="resellers"),
    path("resellers/new/", resellers.reseller_new, name="reseller_new"),
    path("resellers/<slug:slug>/", resellers.reseller, name="reseller"),
    path("resellers/<slug:slug>/edit/", resellers.reseller_edit, name="reseller_edit"),
    path(
        "resellers/<slug:slug>/price-list/",
        tariffs.reseller_tariff,
        name="reseller_tariff",
    ),
    path("customers/", customers.customers, name="customers"),
    path("customers/new/", customers.customer_new, name="customer_new"),
    path("customers/<slug:code>/", customers.customer, name="customer"),
    path("customers/<slug:code>/edit/", customers.customer_edit, name="customer_edit"),
    path(
        "customers/<slug:code>/price-list/",
        tariffs.customer_tariff,
        name="customer_tariff",
    ),
    path("extensions/", extensions.extensions, name="extensions"),
    path(
        "customers/<slug:code>/extensions/",
        extensions.customer_extensions,
        name="customer_extensions",
    ),
    path(
        "customers/<slug:code>/extensions/new/",
        extensions.extension_new,
        name="extension_new",
    ),
    path(
        "customers/<slug:code>/extensions/<str:number>/",
        extensions.extension,
        name="extension",
    ),
    path(
        "customers/<slug:code>/extensions/<str:number>/state/",
        extensions.extension_state,
        name="extension_state",
    ),
    path(
        "customers/<slug:code>/extensions/<str:number>/edit/",
        extensions.extension_edit,
        name="extension_edit",
    ),
    path(
        "customers/<slug:code>/extensions/<str:number>/secret/",
        extensions.extension_secret,
        name="extension_secret",
    ),
    path(
        "customers/<slug:code>/extensions/<str:number>/delete/",
        extensions.extension_delete,
        name="extension_delete",
    ),
    path("numbers/", numbers.numbers, name="numbers"),
    path("numbers/new/", numbers.number_new, name="number_new"),
    path("numbers/<str:digits>/", numbers.number, name="number"),
    path("numbers/<str:digits>/delete/", numbers.number_delete, name="number_delete"),
    path(
        "customers/<slug:code>/numbers/",
        numbers.customer_numbers,
        name="customer_numbers",
    ),
    path("trunks/", trunks.trunks, name="trunks"),
    path("trunks/new/", trunks.trunk_new, name="trunk_new"),
    path("trunks/<slug:slug>/", trunks.trunk, name="trunk"),
    path("trunks/<slug:slug>/edit/", trunks.trunk_edit, name="trunk_edit"),
    path("trunks/<slug:slug>/state/", trunks.trunk_state, name="trunk_state"),
    path("trunks/<slug:slug>/routes/", trunks.route_new, name="route_new"),
    path("price-lists/", price_lists.price_lists, name="price_lists"),
    path("price-lists/new/", price_lists.price_list_new, name="price_list_new"),
    path("price-lists/<slug:slug>/", price_lists.price_list, name="price_list"),
    path(
        "price-lists/<slug:slug>/edit/",
        price_lists.price_list_edit,
        name="price_list_edit",
    ),
    path(
        "price-lists/<slug:slug>/import/",
        price_lists.price_list_import,
        name="price_list_import",
    ),
    path("calls/", calls.calls, name="calls"),
    path("customers/<slug:code>/calls/", calls.customer_calls, name="customer_calls"),
    path("calls/<int:call_id>/", calls.call, name="call"),
    path("usage/", usage.exports, name="exports"),
    path("usage/months/", usage.months, name="usage"),
    path("usage/to-check/", flagged_calls.flagged_calls, name="flagged_calls"),
    path(
        "usage/to-check/<int:call_id>/", flagged_calls.flagged_call, name="flagged_call"
    ),
    path(
        "usage/to-check/<int:call_id>/accept/",
        flagged_calls.flagged_call_accept,
        name="flagged_call_accept",
    ),
    path(
        "usage/to-check/<int:call_id>/waive/",
        flagged_calls.flagged_call_waive,
        name="flagged_call_waive",
    ),
    path("usage/<slug:slug>/<int:sequence>/", usage.export, name="export"),
    path(
        "usage/<slug:slug>/<int:sequence>/<slug:rendering>/",
        usage.export_file,
        name="export_file",
    ),
]
