"""The papers of a porting: known by their content, kept as they came."""

from __future__ import annotations

import hashlib
import io
import re
import warnings

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image

from pbx_console.accounts.actor import Actor
from pbx_console.accounts.services import audit
from pbx_console.pbx.models import Porting, PortingDocument

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 40_000_000
MOST = 20  # per porting
_STARTS = {
    b"%PDF-1.": "application/pdf",
    b"%PDF-2.": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
}
ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}


@transaction.atomic
def add_document(
    actor: Actor, *, porting: Porting, name: str, data: bytes
) -> PortingDocument:
    """Keep a document. Raises ValidationError for what is no PDF, PNG or JPEG."""
    Porting.objects.select_for_update(no_key=True).get(pk=porting.pk)
    if porting.documents.count() >= MOST:
        raise ValidationError({"file": _("20 documents at most.")})
    found = content_type_of(data)
    document = PortingDocument(
        porting=porting,
        name=safe_name(name, found),
        content_type=found,
        data=data,
        size=len(data),
        digest=hashlib.sha256(data).hexdigest(),
    )
    document.full_clean(exclude=["porting"])
    document.save()
    after = {"document": document.name}
    key = str(porting.pk)
    audit.record(actor, "porting.document_added", porting, key=key, after=after)
    return document


def content_type_of(data: bytes) -> str:
    """Return what a file is by its content. Raises ValidationError."""
    if len(data) > MOST_BYTES:
        raise ValidationError({"file": _("The file is larger than 5 MB.")})
    found = next(
        (kind for start, kind in _STARTS.items() if data.startswith(start)), ""
    )
    whole = (
        _is_picture(data) if found.startswith("image/") else b"%%EOF" in data[-2048:]
    )
    if not found or not whole:
        words = _("This is no whole PDF, PNG or JPEG, whatever its name says.")
        raise ValidationError({"file": words})
    return found


def _is_picture(data: bytes) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=["PNG", "JPEG"])
            if image.width * image.height > MOST_PIXELS:
                return False
            image.load()
    except (OSError, ValueError, SyntaxError, EOFError, Warning):
        return False
    except Image.DecompressionBombError:
        return False
    return True


def safe_name(name: str, content_type: str) -> str:
    """Return a file name without ways out of a folder, with the ending of its content."""
    stem = re.split(r"[\\/]", name)[-1].rpartition(".")[0] or name
    kept = re.sub(r"[^\w .()-]", "", stem).strip(" .")[:100]
    return f"{kept or 'document'}.{ENDINGS[content_type]}"


@transaction.atomic
def delete_document(actor: Actor, document: PortingDocument) -> None:
    """Remove a document of an order that is still open."""
    porting = document.porting
    if not porting.is_open:
        raise ValidationError(_("This porting is over and stays as it is."))
    before = {"document": document.name}
    key = str(porting.pk)
    audit.record(actor, "porting.document_removed", porting, key=key, before=before)
    document.delete()
