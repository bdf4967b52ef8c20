"""Everything that is installed or built before a server starts."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from embedded import (
    assets,
    asterisk_root,
    debian,
    environment,
    python_env,
    servers,
    state,
)
from embedded.paths import VAR

# Besides the servers and Python: msgfmt for translations, a voice for texts that
# customers have spoken, certificates for SIP over TLS; for the tests also a browser and a
# SIP phone that can be scripted.
EXTRA = {
    "demo": ("gettext", "espeak-ng", "openssl", "ca-certificates"),
    "test": (
        *("gettext", "espeak-ng", "openssl", "ca-certificates"),
        *("chromium", "sip-tester"),
    ),
}


def ensure(profile: str) -> None:
    """Install and build for `demo` or `test`; quick when nothing is missing."""
    given = environment.external()
    with state.lock(VAR / "prepare.lock", wait=True):
        debian.install(tuple(_packages(profile, given)), why="the console")
        # Two cores: Asterisk's root mostly waits for the network and the disk.
        with ThreadPoolExecutor(max_workers=2) as pool:
            root = None if given.asterisk else pool.submit(asterisk_root.ensure)
            python = pool.submit(_python, profile)
            python.result()
            if root is not None:
                root.result()


def tools() -> None:
    """Python only: enough for `make lint`."""
    with state.lock(VAR / "prepare.lock", wait=True):
        debian.install(tuple(python_env.packages()), why="the checks")
        python_env.ensure("test")


def _python(profile: str) -> None:
    python_env.ensure(profile)
    assets.build()


def _packages(profile: str, given: environment.External) -> Iterator[str]:
    yield from servers.packages(given)
    yield from python_env.packages()
    yield from (name for name in EXTRA[profile])
    if not given.asterisk:
        yield from asterisk_root.packages()
