"""What SIP over TLS needs: a certificate of our own, and a list of authorities.

Carriers that check our certificate want one that was issued for our name; the one made
here only encrypts. The list is the machine's; what is added to the copy (a carrier's own
authority) stays until the file is removed.
"""

from __future__ import annotations

import shutil
import ssl
from pathlib import Path

from embedded import shell

CERTIFICATE, AUTHORITIES = "own.pem", "authorities.pem"
_YEARS = 10


def prepare(place: Path) -> None:
    """Make what is missing in this directory."""
    if not (place / CERTIFICATE).exists():
        _make(place)
    if not (place / AUTHORITIES).exists():
        known = ssl.get_default_verify_paths()
        candidates = (known.cafile, "/etc/ssl/certs/ca-certificates.crt")
        found = [Path(name) for name in candidates if name and Path(name).is_file()]
        shutil.copy(found[0] if found else place / CERTIFICATE, place / AUTHORITIES)


def _make(place: Path) -> None:
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-nodes"]
    command += ["-pkeyopt", "ec_paramgen_curve:P-256", "-subj", "/CN=localhost"]
    command += ["-days", str(_YEARS * 365), "-keyout", str(place / CERTIFICATE)]
    command += ["-out", str(place / CERTIFICATE)]  # behind the key
    shell.run(
        command,
        title="Making a certificate for SIP over TLS",
        refusal="openssl could not make a certificate for SIP over TLS",
    )
