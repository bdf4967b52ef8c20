"""Static files under names that carry their hash, forgiving about a missing one."""

from __future__ import annotations

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Before `collectstatic` (tests, development) names stay as they are; a page, and
    above all an error page, never fails because a file is missing."""

    manifest_strict = False

    def hashed_name(self, name: str, content: Any = None, filename: Any = None) -> str:
        """Return the hashed name, or the plain one of a file that is not there."""
        try:
            hashed: str = super().hashed_name(name, content, filename)
        except ValueError:
            return name
        return hashed
