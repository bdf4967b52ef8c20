"""Addresses of people, invitations, roles and acting for a customer."""

from __future__ import annotations

from django.urls import path

from pbx_console.console.views import (
    acting,
    invitation,
    people,
    people_import,
    person,
)

urlpatterns = [
    path("invitation/<str:token>/", invitation.invitation, name="invitation"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.people_invite, name="people_invite"),
    path(
        "resellers/<slug:slug>/people/", people.reseller_people, name="reseller_people"
    ),
    path(
        "resellers/<slug:slug>/people/invite/",
        people.reseller_people_invite,
        name="reseller_people_invite",
    ),
    path(
        "customers/<slug:code>/people/", people.customer_people, name="customer_people"
    ),
    path(
        "customers/<slug:code>/people/invite/",
        people.customer_people_invite,
        name="customer_people_invite",
    ),
    path(
        "customers/<slug:code>/people/import/",
        people_import.people_import,
        name="people_import",
    ),
    path("people/<int:person>/", person.person, name="person"),
    path("people/<int:person>/state/", person.person_state, name="person_state"),
    path("people/roles/<int:role>/", person.role, name="role"),
    path("people/roles/<int:role>/take/", person.role_take, name="role_take"),
    path(
        "people/invitations/<int:invitation>/again/",
        person.invitation_again,
        name="invitation_again",
    ),
    path(
        "people/invitations/<int:invitation>/withdraw/",
        person.invitation_withdraw,
        name="invitation_withdraw",
    ),
    path("membership/", acting.membership, name="membership"),
    path("customers/<slug:code>/act/", acting.act, name="act"),
    path("acting/end/", acting.act_end, name="act_end"),
]
