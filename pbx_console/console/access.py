"""May this person see this page? One decorator on every view that is not the door.

Order: signed in (else to the door) -> second factor where the role needs it (else there)
-> the right (else 403). A foreign object is 404 by the scope, later.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from pbx_console.accounts.rights import ALL_RIGHTS, has_right
from pbx_console.accounts.services.proof import is_fresh

View = Callable[..., HttpResponseBase]


def needs(right: str = "") -> Callable[[View], View]:
    """Open the view for roles that have `right`; for everybody signed in without one."""
    if right and right not in ALL_RIGHTS:
        raise KeyError(right)

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            answer = door_for(request)
            if answer is not None:
                return answer
            if request.membership.acted_by:
                _not_of_ones_own(request.path)
            if right and not has_right(request.membership.role, right):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.right = right  # type: ignore[attr-defined]  # read by the role matrix
        return guarded

    return decorate


def fresh(view: View) -> View:
    """Ask for password, code or passkey again when the last proof is over ten minutes old.

    Stands below `needs`: `@needs("people.customer")`, `@fresh`, `def …`. What was typed
    into a form is asked again afterwards; the page says so.
    """

    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_fresh(request):
            return view(request, *args, **kwargs)
        return to_door(request, "console:prove", back=_page_of(request))

    guarded.fresh = True  # type: ignore[attr-defined]  # read by tests
    return guarded


def _page_of(request: HttpRequest) -> str:
    """Return the page that a request belongs to: a form may have no page of its own."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    came = urlsplit(request.headers.get("Referer", ""))
    same = came.netloc == request.headers.get("Host") and came.path.startswith("/")
    return came.path if same and not came.path.startswith("//") else request.path


def _not_of_ones_own(path: str) -> None:
    """Refuse the pages of the own account to somebody who acts for a customer: what is
    done there would be done to the person, not for the customer."""
    own = path.startswith(reverse("console:account"))
    if own and path != reverse("console:prove"):
        raise PermissionDenied(_("End acting for the customer first."))


def not_while_acting(view: View) -> View:
    """Refuse somebody who acts for a customer: it concerns how a person signs in.

    Stands below `needs`.
    """

    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.membership.acted_by:
            raise PermissionDenied(_("End acting for the customer first."))
        return view(request, *args, **kwargs)

    return guarded


def before_second_factor(view: View) -> View:
    """Open a page of the door to somebody whose password was right."""

    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return to_door(request, "console:sign_in")
        return view(request, *args, **kwargs)

    guarded.right = ""  # type: ignore[attr-defined]  # read by the role matrix
    guarded.before_second_factor = True  # type: ignore[attr-defined]
    return guarded


def door_for(request: Any) -> HttpResponse | None:
    """Return the way to the door that this person must pass first, or None."""
    if not request.user.is_authenticated:
        return to_door(request, "console:sign_in")
    if request.membership is None:
        raise PermissionDenied
    if request.membership.needs_second_factor and not request.user.is_verified():
        return to_door(request, "console:second_factor")
    return None


def to_door(request: HttpRequest, name: str, *, back: str = "") -> HttpResponse:
    """Redirect to a page of the door and come back afterwards.

    A part of a page asked by htmx cannot show the door: the browser goes there as a whole.
    """
    if not back:
        back = request.get_full_path() if request.method in ("GET", "HEAD") else "/"
    url = reverse(name) + ("?" + urlencode({"next": back}) if back != "/" else "")
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": reverse(name)})
    return redirect(url)
