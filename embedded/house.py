"""The whole house of one instance, in order: servers, tables, demo world, processes."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embedded import assets, postgres, processes, say, servers, waiting
from embedded.environment import LOOPBACK, Settings
from embedded.paths import PROJECT, VAR, VENV, Instance
from embedded.processes import Process
from embedded.service import Service
from embedded.session import Session
from embedded.stamps import Stamp, digest

# Only `migrate` logs in as the owner of the tables; Asterisk's login is Asterisk's.
_NOT_FOR_PROCESSES = ("DATABASE_OWNER_URL", "PBX_ASTERISK_DATABASE_URL")


def start(session: Session) -> dict[str, Any]:
    """Start everything; returns what `demo.json` says."""
    settings = session.settings
    env = assets.console_environment(settings.console())
    servers.write_environment(settings)
    servers.start_databases(session.supervisor, settings)
    _migrate(settings, env)
    servers.start_asterisk(session.supervisor, settings)
    assets.collect(env)
    assets.translate()
    world = _load_demo(settings, env)
    _start_processes(session, env)
    return _write(settings, world)


def _done_before(settings: Settings, name: str, sources: Iterable[Path]) -> Step:
    """A step that need not be repeated in the same private database.

    Three starts of Django are most of a second start's time.
    """
    if settings.external.postgres:
        return Step(Stamp(name, settings.instance.home), "")
    value = digest(sources, extra=postgres.identity(settings))
    return Step(Stamp(name, settings.instance.home), value)


@dataclass(frozen=True)
class Step:
    """A stamp and the digest that it would have to hold; an empty one never holds."""

    stamp: Stamp
    value: str

    def holds(self) -> bool:
        """Was it done with these very inputs?"""
        return bool(self.value) and self.stamp.holds(self.value)


def _migrate(settings: Settings, env: dict[str, str]) -> None:
    migrations = (PROJECT / "pbx_console").glob("*/migrations/*.py")
    sources = [*migrations, PROJECT / "requirements" / "base.txt"]
    step = _done_before(settings, "migrated", sources)
    if step.holds():
        return
    _, _, *arguments = processes.MIGRATE
    assets.manage(arguments, title="Bringing the tables up to date", env=env)
    step.stamp.set(step.value)


def _load_demo(settings: Settings, env: dict[str, str]) -> dict[str, Any]:
    out = settings.instance.home / "world.json"
    step = _done_before(settings, "demo-loaded", [])
    if not (step.holds() and out.exists()):
        assets.manage(
            ["load_demo", "--out", str(out)], title="Loading the demo", env=env
        )
        step.stamp.set(step.value)
    world: dict[str, Any] = json.loads(out.read_text("utf-8"))
    return world


def _start_processes(session: Session, env: dict[str, str]) -> None:
    own = {name: value for name, value in env.items() if name not in _NOT_FOR_PROCESSES}
    say.step("Starting the console: " + ", ".join(p.name for p in processes.CONSOLE))
    found = [_service(process, session.settings, own) for process in processes.CONSOLE]
    # One after the other would be slow and all at once, too: the pages come first.
    session.supervisor.start(found[0])
    for service in found[1:]:
        session.supervisor.launch(service)
    if session.settings.catches_mail:
        session.supervisor.launch(_catcher(session.settings, own))


def _catcher(settings: Settings, env: dict[str, str]) -> Service:
    ports = settings.ports
    program, *rest = processes.CATCHER.command(
        smtp=ports["smtp"],
        mail=ports["mail"],
        folder=str(mail_folder(settings.instance)),
    )
    return Service(processes.CATCHER.name, [str(VENV / "bin" / program), *rest], env)


def mail_folder(instance: Instance) -> Path:
    """Where the catcher keeps what the console sent (`embedded.mailbox` reads it)."""
    return instance.home / "mail"


def _service(process: Process, settings: Settings, env: dict[str, str]) -> Service:
    port, data = settings.ports["web"], settings.instance.home / "data"
    program, *rest = process.command(host=LOOPBACK, port=port, data=str(data))
    service = Service(process.name, [str(VENV / "bin" / program), *rest], env)
    if process is not processes.WEB:
        return service
    return dataclasses.replace(service, ready=lambda: _web_answers(port))


def _web_answers(port: int) -> bool:
    question = b"GET /api/health/ready HTTP/1.1\r\nHost: localhost\r\n\r\n"
    return waiting.ask(LOOPBACK, port, question, expect=b"HTTP/1.1 200")


def demo_file(instance: Instance) -> Path:
    """`var/demo.json` for the demo, inside the instance for every other."""
    if instance.name == "demo":
        return VAR / "demo.json"
    return instance.home / "demo.json"


def _write(settings: Settings, world: dict[str, Any]) -> dict[str, Any]:
    """Add what only we know, the addresses, to what the demo says."""
    path = demo_file(settings.instance)
    full = {**world, **_addresses(settings, world), "file": str(path)}
    path.touch(mode=0o600)
    path.write_text(json.dumps(full, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return full


def _mail_address(settings: Settings) -> str:
    """Where a person reads the demo's mails; nothing where they really leave."""
    if not settings.catches_mail:
        return ""
    return f"http://{LOOPBACK}:{settings.ports['mail']}/"


def _addresses(settings: Settings, world: dict[str, Any]) -> dict[str, Any]:
    console, ports = settings.console(), settings.ports
    urls = {name: f"http://{h}:{ports['web']}/" for name, h in world["hosts"].items()}
    return {
        # For programs: the address, to be asked with the Host of a brand.
        "base_url": f"http://{LOOPBACK}:{ports['web']}/",
        "urls": urls,
        "sip": {
            "host": console["PBX_SIP_DOMAIN"],
            "port": int(console["PBX_SIP_PORT"]),
        },
        "mail": _mail_address(settings),
        "ports": dict(ports),
        "environment": str(settings.instance.home / "env"),
    }
