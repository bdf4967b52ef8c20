"""Is this process alive, and are its servers there? Says no more than that."""

from __future__ import annotations

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe


@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """Answer as long as the process runs."""
    return JsonResponse({"live": True})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 when the database is there, 503 without; Redis may be away."""
    parts = {"database": _database(), "redis": _redis()}
    return JsonResponse(parts, status=200 if parts["database"] else 503)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception:  # noqa: BLE001 - whatever it is, the answer is "not ready"
        return False
    return True


def _redis() -> bool:
    try:
        cache.get("health")
    except Exception:  # noqa: BLE001 - as above
        return False
    return True
