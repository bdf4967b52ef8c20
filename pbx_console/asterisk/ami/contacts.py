"""Where phones registered, kept by Asterisk in AstDB; forgotten with their endpoint.

They stay listed after the endpoint is gone, and would answer for its successor (tried on
22.10.1). A contact's key ends in a hash of its address, so it must be looked up; DBDelTree
matches whole path elements only and removes nothing here (tried).
"""

from __future__ import annotations

from collections.abc import Collection

from pbx_console.asterisk.ami.client import ask_all

FAMILY = "registrar/contact"


def remove_contacts(endpoint_ids: Collection[str]) -> int:
    """Forget the contacts of these endpoints; return how many. Raises AmiError."""
    if not endpoint_ids:
        return 0
    family, _slash, key = FAMILY.partition("/")
    (tree,) = ask_all([{"Action": "DBGetTree", "Family": family, "Key": key}])
    keys = [str(item.get("Key", "")) for item in tree["events"]]
    names = [key.removeprefix(f"/{FAMILY}/") for key in keys]
    doomed = [name for name in names if name.partition(";")[0] in endpoint_ids]
    ask_all([{"Action": "DBDel", "Family": FAMILY, "Key": name} for name in doomed])
    return len(doomed)
