"""docker-compose.yml without a Docker engine: its schema, the demo's twin."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import pytest
import yaml
from django.urls import reverse

from embedded import deployment
from embedded.paths import PROJECT, TEMPLATES
from embedded.processes import CONSOLE, MIGRATE
from pbx_console.lib import env
from tests.embedded.test_environment import read_by_settings

FILE = PROJECT / "docker-compose.yml"
ONE_SHOT = {"migrate"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(FILE.read_text("utf-8"))
    return loaded


@pytest.fixture
def services(compose: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = compose["services"]
    return found


def test_it_is_a_valid_compose_file() -> None:
    command = [sys.executable, "-m", "check_jsonschema"]
    schema = ["--builtin-schema", "vendor.compose-spec", str(FILE)]
    done = subprocess.run([*command, *schema], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_runs_the_processes_of_the_supervisor(services: dict[str, Any]) -> None:
    for process in CONSOLE:
        command = process.command(host="0.0.0.0", port=8000, data="/data")
        assert services[process.name]["command"] == command
    assert services["migrate"]["command"] == list(MIGRATE)


def test_it_has_every_server(services: dict[str, Any]) -> None:
    processes = {process.name for process in CONSOLE}
    others = {"migrate", "postgres", "redis", "asterisk", "caddy"}
    assert set(services) == processes | others


def test_it_checks_the_health_of_every_service(services: dict[str, Any]) -> None:
    for name, service in services.items():
        check = service["healthcheck"]
        assert check == {"disable": True} if name in ONE_SHOT else check["test"]


def test_it_runs_nothing_as_root(services: dict[str, Any]) -> None:
    for service in services.values():
        user, _, group = service["user"].partition(":")
        assert int(user) > 0
        assert int(group) > 0
        assert service["cap_drop"] == ["ALL"]


def test_it_keeps_data_in_volumes(compose: dict[str, Any]) -> None:
    mounted = {
        volume.partition(":")[0]
        for service in compose["services"].values()
        for volume in service.get("volumes", [])
    }
    assert set(compose["volumes"]) <= mounted


def test_it_contains_no_secret(compose: dict[str, Any]) -> None:
    word = re.compile(r"password|secret|_key|database_url|redis_url", re.IGNORECASE)
    for name, service in compose["services"].items():
        for variable, value in service.get("environment", {}).items():
            if word.search(variable):
                assert variable.endswith("_FILE"), (name, variable)
                assert value.startswith("/run/secrets/")


def test_it_mounts_each_secret_that_a_service_reads(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        files = re.findall(r"/run/secrets/(\w+)", str(service))
        assert set(files) <= set(service.get("secrets", [])), name
        assert set(service.get("secrets", [])) <= set(compose["secrets"]), name


def test_it_has_a_file_for_every_secret(compose: dict[str, Any]) -> None:
    made = set(deployment.contents())
    assert set(compose["secrets"]) == made
    for name, secret in compose["secrets"].items():
        assert secret["file"] == f"deploy/secrets/{name}"


def test_it_keeps_the_secrets_out_of_git() -> None:
    asked = ["git", "check-ignore", "-q", "deploy/secrets/secret_key"]
    assert subprocess.run(asked, cwd=PROJECT).returncode == 0


def test_it_gives_the_owner_of_the_tables_to_migrate_only(
    services: dict[str, Any],
) -> None:
    holders = {n for n, s in services.items() if "database_owner_url" in str(s)}
    assert holders == {"migrate"}


def test_it_gives_asterisk_every_value_of_the_templates(
    services: dict[str, Any],
) -> None:
    image = (PROJECT / "asterisk_conf" / "Dockerfile").read_text()
    entry = (PROJECT / "asterisk_conf" / "entry").read_text()
    known = set(re.findall(r"\b([A-Z_]+_DIR)\b", image + entry))
    known |= {n.removesuffix("_FILE") for n in services["asterisk"]["environment"]}
    asked = {
        name
        for template in TEMPLATES.iterdir()
        for name in re.findall(r"@@([A-Z0-9_]+)@@", template.read_text("utf-8"))
    }
    assert asked <= known


def test_it_renders_asterisk_with_the_code_of_the_demo() -> None:
    image = (PROJECT / "asterisk_conf" / "Dockerfile").read_text()
    entry = (PROJECT / "asterisk_conf" / "entry").read_text()
    assert "COPY embedded/render.py /opt/pbx/render.py" in image
    assert "COPY asterisk_conf/etc /opt/pbx/etc" in image
    assert 'python3 /opt/pbx/render.py /opt/pbx/etc "$ETC_DIR"' in entry


def test_it_gives_the_console_every_setting_it_needs(
    services: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {name.removesuffix("_FILE") for name in services["web"]["environment"]}
    assert read_by_settings() <= names
    url = deployment.contents()["database_url"]
    monkeypatch.setenv("SOME_URL", url)
    assert env.database("SOME_URL")["HOST"] in services


def test_it_asks_the_console_before_getting_a_certificate() -> None:
    text = (PROJECT / "deploy" / "Caddyfile").read_text()
    asked = re.findall(r"^\s*ask (\S+)$", text, re.MULTILINE)
    assert asked == [f"http://web:8000{reverse('api:caddy_ask')}"]
    assert "on_demand" in text
    assert "reverse_proxy web:8000" in text
