"""Addresses of what a person is signed in with: passkeys, codes, sessions, ways back."""

from __future__ import annotations

from django.urls import path

from pbx_console.console.views import (
    passkeys,
    password_reset,
    recovery_codes,
    second_factor_rules,
    sessions,
)

urlpatterns = [
    path("sign-in/forgotten/", password_reset.forgotten, name="forgotten"),
    path(
        "sign-in/new-password/<str:token>/",
        password_reset.new_password,
        name="new_password",
    ),
    path("sign-in/passkey/begin/", passkeys.use_begin, name="passkey_use_begin"),
    path("sign-in/passkey/", passkeys.use, name="passkey_use"),
    path("account/passkeys/begin/", passkeys.make_begin, name="passkey_make_begin"),
    path("account/passkeys/", passkeys.make, name="passkey_make"),
    path("account/passkeys/<int:passkey_id>/", passkeys.rename, name="passkey_rename"),
    path(
        "account/passkeys/<int:passkey_id>/remove/",
        passkeys.remove,
        name="passkey_remove",
    ),
    path(
        "account/recovery-codes/", recovery_codes.recovery_codes, name="recovery_codes"
    ),
    path("account/sessions/", sessions.sessions, name="sessions"),
    path("account/sessions/end/", sessions.end_all, name="sessions_end"),
    path("account/sessions/<slug:handle>/end/", sessions.end, name="session_end"),
    path(
        "account/devices/<int:device_id>/forget/",
        sessions.forget_device,
        name="device_forget",
    ),
    path(
        "customers/<slug:code>/second-factor/",
        second_factor_rules.customer_rule,
        name="customer_second_factor",
    ),
    path(
        "resellers/<slug:slug>/second-factor/",
        second_factor_rules.reseller_rule,
        name="reseller_second_factor",
    ),
    path(
        "people/<int:person_id>/second-factor/",
        second_factor_rules.lost,
        name="person_second_factor",
    ),
]
