"""The files in `deploy/`: what they run is what `qa` takes, and what they set is a setting."""

import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from qa.cli.commands import parser
from qa.settings import PREFIX, Settings, servers
from qa.web.health import ALIVE, READY

DEPLOY = Path(__file__).parents[1] / "deploy"
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(
    (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
)["services"]
OURS = [name for name, service in SERVICES.items() if service["image"] == "qa"]


@pytest.mark.parametrize("name", OURS)
def test_what_a_service_runs_is_a_command_of_qa(name: str) -> None:
    service = SERVICES[name]
    options = parser().parse_args(service["command"])
    assert callable(options.run)
    environ = {key: value or "a:b" for key, value in service["environment"].items()}
    # Uvicorn's own: without it, the address of everybody who asks is the proxy's.
    behind_proxy = environ.pop("FORWARDED_ALLOW_IPS", None) is not None
    assert behind_proxy == (service["command"][0] == "chat")
    assert all(key.startswith(PREFIX) for key in environ)
    assert servers(Settings.from_environment(environ))


def test_there_are_two_pages_behind_a_proxy_and_only_the_proxy_is_reached_from_outside() -> None:
    proxied = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    pages = [name for name in OURS if SERVICES[name]["command"][0] == "chat"]
    assert len(pages) == 2
    assert all(f"{name}:7860" in proxied for name in pages)
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert f"health_uri {READY}" in proxied
    assert f"respond {ALIVE} 404" in proxied


def test_what_a_service_waits_for_is_there() -> None:
    for service in SERVICES.values():
        assert service.get("depends_on", {}).keys() <= SERVICES.keys()
        assert service["restart"] in ("no", "unless-stopped")
        # Never the newest of a server, whichever that is on the day.
        assert service["image"] == "qa" or ":" in service["image"]


def test_the_image_is_nobody_s_and_watches_itself() -> None:
    lines = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    steps = [line.split(maxsplit=1) for line in lines if line.strip() and line[0] != "#"]
    names = [step[0] for step in steps]
    assert names[0] == "FROM"
    assert ["USER", "qa"] in steps
    assert names.index("USER") < names.index("ENTRYPOINT")
    [health] = [rest for name, rest in steps if name == "HEALTHCHECK"]
    assert READY in health
    [run] = [yaml.safe_load(rest) for name, rest in steps if name == "CMD"]
    assert parser().parse_args(run).port == 7860
    for name, rest in steps:
        if name == "COPY":
            *sources, _ = shlex.split(rest)
            assert all((DEPLOY.parent / source).exists() for source in sources)
