"""Addresses of the door and of one's own account."""

from __future__ import annotations

from django.urls import path

from pbx_console.console.views import (
    account,
    preferences,
    prove,
    second_factor,
    sign_in,
)

urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-in/code/", second_factor.second_factor, name="second_factor"),
    path("sign-in/authenticator/", second_factor.setup, name="second_factor_setup"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("language/", preferences.language, name="language"),
    path("theme/", preferences.theme, name="theme"),
    path("account/", account.account, name="account"),
    path("account/preferences/", account.preferences, name="preferences"),
    path("account/password/", account.password, name="password"),
    path("account/prove/", prove.prove, name="prove"),
]
