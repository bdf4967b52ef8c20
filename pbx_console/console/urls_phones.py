"""Addresses: phones, what is done with them, those that called in, their settings."""

from __future__ import annotations

from django.urls import path

from pbx_console.console.views import (
    phone_acts,
    phone_settings,
    phones,
    soft_clients,
    unknown_phones,
)

ALL = "customers/<slug:code>/phones/"
ONE = f"{ALL}<slug:mac>/"
CALLER = "resellers/<slug:slug>/unknown-phones/<slug:mac>/"

urlpatterns = [
    path("own/app/", soft_clients.own_app, name="own_app"),
    path(
        "own/app/<int:slot>/remove/",
        soft_clients.own_app_remove,
        name="own_app_remove",
    ),
    path("own/app/<int:slot>/", soft_clients.own_app_state, name="own_app_state"),
    path("set-up/<slug:token>/", soft_clients.set_up, name="set_up"),
    path(
        "set-up/<slug:token>/account.xml",
        soft_clients.set_up_file,
        name="set_up_file",
    ),
    path(
        "customers/<slug:code>/extensions/<str:number>/app/",
        soft_clients.extension_app,
        name="extension_app",
    ),
    path(
        "customers/<slug:code>/extensions/<str:number>/app/<int:slot>/",
        soft_clients.extension_app_state,
        name="extension_app_state",
    ),
    path("phones/", phones.all_phones, name="phones"),
    path("phones/unknown/", unknown_phones.unknown_phones, name="unknown_phones"),
    path(CALLER, unknown_phones.unknown_phone, name="unknown_phone"),
    path(
        f"{CALLER}let-in/",
        unknown_phones.unknown_phone_let_in,
        name="unknown_phone_let_in",
    ),
    path(
        f"{CALLER}forget/",
        unknown_phones.unknown_phone_forget,
        name="unknown_phone_forget",
    ),
    path(
        "resellers/<slug:slug>/phone-settings/<slug:family>/",
        phone_settings.reseller_phone_settings,
        name="reseller_phone_settings",
    ),
    path(ALL, phones.customer_phones, name="customer_phones"),
    path(f"{ALL}new/", phones.phone_new, name="phone_new"),
    path(f"{ALL}import/", phones.phones_bulk, name="phones_bulk"),
    path(
        f"{ALL}settings/<slug:family>/",
        phone_settings.customer_phone_settings,
        name="customer_phone_settings",
    ),
    path(ONE, phones.phone, name="phone"),
    path(f"{ONE}state/", phones.phone_state, name="phone_state"),
    path(f"{ONE}edit/", phone_acts.phone_edit, name="phone_edit"),
    path(f"{ONE}move/", phone_acts.phone_move, name="phone_move"),
    path(f"{ONE}swap/", phone_acts.phone_swap, name="phone_swap"),
    path(f"{ONE}keys/", phone_acts.phone_keys, name="phone_keys"),
    path(f"{ONE}settings/", phone_settings.phone_settings, name="phone_settings"),
    path(f"{ONE}let-in/", phone_acts.phone_window, name="phone_window"),
    path(f"{ONE}address/", phone_acts.phone_secret, name="phone_secret"),
    path(f"{ONE}fetch/", phone_acts.phone_resync, name="phone_resync"),
    path(f"{ONE}restart/", phone_acts.phone_reboot, name="phone_reboot"),
    path(f"{ONE}remove/", phone_acts.phone_remove, name="phone_remove"),
]
