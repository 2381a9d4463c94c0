"""Our own style sheet, scripts and pictures, with an address that changes with their content and is kept for a year."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from whitenoise.middleware import WhiteNoiseMiddleware

FOLDER = Path(__file__).with_name("static")


@lru_cache(maxsize=100)
def static(name: str) -> str:
    """The address of a static file; raises ``FileNotFoundError`` where there is none."""
    return f"/static/{name}?v={sha256((FOLDER / name).read_bytes()).hexdigest()[:12]}"


class StaticFiles(WhiteNoiseMiddleware):
    """Serves the folder ``static`` and nothing else, from memory of what is there when the process starts."""
