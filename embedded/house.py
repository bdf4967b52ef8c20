"""The whole house of one instance, in order: servers, tables, demo world, processes."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from embedded import assets, processes, say, servers, waiting
from embedded.environment import LOOPBACK, Settings
from embedded.paths import VAR, VENV, Instance
from embedded.processes import Process
from embedded.service import Service
from embedded.session import Session

# Only `migrate` logs in as the owner of the tables; Asterisk's login is Asterisk's.
_NOT_FOR_PROCESSES = ("DATABASE_OWNER_URL", "PBX_ASTERISK_DATABASE_URL")


def start(session: Session) -> dict[str, Any]:
    """Start everything; returns what `demo.json` says."""
    settings = session.settings
    env = assets.console_environment(settings.console())
    servers.write_environment(settings)
    servers.start_databases(session.supervisor, settings)
    _, _, *migrate = processes.MIGRATE
    assets.manage(migrate, title="Bringing the tables up to date", env=env)
    servers.start_asterisk(session.supervisor, settings)
    assets.collect(env)
    assets.translate()
    world = _load_demo(settings, env)
    _start_processes(session, env)
    return _write(settings, world)


def _load_demo(settings: Settings, env: dict[str, str]) -> dict[str, Any]:
    out = settings.instance.home / "world.json"
    assets.manage(["load_demo", "--out", str(out)], title="Loading the demo", env=env)
    world: dict[str, Any] = json.loads(out.read_text("utf-8"))
    return world


def _start_processes(session: Session, env: dict[str, str]) -> None:
    own = {name: value for name, value in env.items() if name not in _NOT_FOR_PROCESSES}
    say.step("Starting the console: " + ", ".join(p.name for p in processes.CONSOLE))
    found = [_service(process, session.settings, own) for process in processes.CONSOLE]
    for service in found:
        session.supervisor.launch(service)
    session.supervisor.wait_ready(found[0])


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


def _addresses(settings: Settings, world: dict[str, Any]) -> dict[str, Any]:
    console, ports = settings.console(), settings.ports
    urls = {name: f"http://{h}:{ports['web']}/" for name, h in world["hosts"].items()}
    return {
        "base_url": next(iter(urls.values()), f"http://localhost:{ports['web']}/"),
        "urls": urls,
        "sip": {
            "host": console["PBX_SIP_DOMAIN"],
            "port": int(console["PBX_SIP_PORT"]),
        },
        "ports": dict(ports),
        "environment": str(settings.instance.home / "env"),
    }
