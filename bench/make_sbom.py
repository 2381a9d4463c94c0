"""Write ``docs/reference/sbom.cdx.json``: what is installed to run and to develop duecare, as CycloneDX 1.6, from the lock files.

``python bench/make_sbom.py`` writes it anew. The same lock files give the same bytes: there is no time in it, and its serial
number is made of its content. Digests of the files that may be installed stand at what is needed to run. Licences are in
``docs/licences.md``.
"""

from __future__ import annotations

import json
import re
import tomllib
import uuid
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
TARGET = REPOSITORY / "docs" / "reference" / "sbom.cdx.json"
PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def locked(lock: str) -> dict[tuple[str, str], list[str]]:
    """(Normalised name, version) to digests of the files that may be installed, of one lock file's text.

    A package can stand there in two versions, for different versions of Python.
    """
    found: dict[tuple[str, str], list[str]] = {}
    digests: list[str] = []
    for line in lock.splitlines():
        if pinned := PINNED.match(line):
            name = re.sub(r"[-_.]+", "-", pinned["name"]).lower()
            digests = found.setdefault((name, pinned["version"]), [])
        digests.extend(HASH.findall(line))
    return found


def sbom(runtime: str, development: str, version: str) -> dict[str, Any]:
    """The whole document; what is only needed to develop has the scope ``excluded``."""
    needed, every = locked(runtime), locked(development)
    components = [_component(*key, needed.get(key), key in needed) for key in sorted(every | needed)]
    root = {
        "type": "application",
        "bom-ref": "duecare",
        "name": "duecare",
        "version": version,
        "purl": f"pkg:pypi/duecare@{version}",
    }
    links = [{"ref": "duecare", "dependsOn": [one["bom-ref"] for one in components if one["scope"] == "required"]}]
    content = {"metadata": {"component": root}, "components": components, "dependencies": links}
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(content, sort_keys=True))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        **content,
    }


def _component(name: str, version: str, digests: list[str] | None, runs: bool) -> dict[str, Any]:
    purl = f"pkg:pypi/{name}@{version}"
    files = [
        {"type": "distribution", "url": f"urn:sha256:{digest}", "hashes": [{"alg": "SHA-256", "content": digest}]}
        for digest in sorted(digests or [])
    ]
    shown = {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}
    return shown | ({"scope": "required", "externalReferences": files} if runs else {"scope": "excluded"})


def text() -> str:
    """The document of this repository's lock files, as it is kept."""
    read = {name: (REPOSITORY / "locks" / f"{name}.lock").read_text("utf-8") for name in ("runtime", "dev")}
    version = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    return json.dumps(sbom(read["runtime"], read["dev"], version), indent=1) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
