"""A backup file: a gzip-packed tar, streamed through age encryption to recipients' keys, with a list of contents at its end.

The list names every member with its size and digest, so a backup that was cut off, damaged or changed shows, and a member
that is not on the list does not count. With a recipient key the machine that makes backups cannot read them.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tarfile
import tempfile
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final, Protocol

import pyrage

from duecare.errors import CannotAnswer, WrongUsage

CONTENTS: Final = "contents.json"
LAYOUT: Final = 1
PIECE: Final = 1 << 20
AGE: Final = b"age-encryption.org/"
ROOTS: Final = frozenset(
    {"casebook.sqlite3", "casebook", "register", "register.reviews.jsonl", "files", "uploads", "jobs", "secret.key"}
)
"""What a home holds that a backup keeps; a member anywhere else is refused."""


class Sink(Protocol):
    """Where a member's bytes go."""

    def write(self, piece: bytes, /) -> object:
        """Take the next bytes."""


@dataclass
class Packing:
    """A backup being written: add what it shall hold, each member once."""

    tar: tarfile.TarFile
    entries: dict[str, tuple[int, str]] = field(default_factory=dict)

    def add(self, name: str, path: Path, most: int | None = None) -> None:
        """Add a file, or its first ``most`` bytes; raises ``FileNotFoundError`` where it is gone."""
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            self._member(name, file, size if most is None else min(most, size))

    def add_bytes(self, name: str, content: bytes) -> None:
        """Add bytes as a member."""
        self._member(name, io.BytesIO(content), len(content))

    def _member(self, name: str, file: IO[bytes], size: int) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        reading = _Hashing(file)
        self.tar.addfile(member, reading)  # type: ignore[arg-type]  # reading is all that tarfile does with it
        self.entries[name] = (size, reading.digest.hexdigest())


class _Hashing:
    """Reads on, with the digest of what was read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.digest = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(size)
        self.digest.update(piece)
        return piece


@contextmanager
def packing(target: Path, recipients: Sequence[str], about: Mapping[str, Any]) -> Iterator[Packing]:
    """Write a backup to ``target``, which is there whole afterwards or not at all; without recipients it is not encrypted.

    ``about`` goes into the list of contents. Raises ``WrongUsage`` for a wrong key and for a target that is there.
    """
    keys = [_recipient(text) for text in recipients]
    if target.exists():
        raise WrongUsage(f"{target} is there already. Name another file; a backup never replaces one.")
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".part-")
    part = Path(name)
    try:
        with (
            os.fdopen(handle, "wb") as file,
            _encrypted(file, keys) as plain,
            gzip.GzipFile(fileobj=plain, mode="wb", compresslevel=1, mtime=0, filename="") as packed,
            tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
        ):
            pack = Packing(tar)
            yield pack
            contents = {"layout": LAYOUT, **about, "entries": pack.entries}
            pack.add_bytes(CONTENTS, json.dumps(contents, sort_keys=True).encode("utf-8"))
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _encrypted(file: IO[bytes], keys: Sequence[Any]) -> Iterator[IO[bytes]]:
    """A stream whose bytes go to ``file`` encrypted; as they are without keys."""
    if not keys:
        yield file
        return
    read, write = os.pipe()

    def encrypt() -> None:
        with os.fdopen(read, "rb") as plain:
            pyrage.encrypt_io(plain, file, keys)

    with _beside(encrypt), os.fdopen(write, "wb") as stream:
        yield stream


def unpack(source: Path, identity: Path | None, keep: Callable[[str], Sink | None]) -> dict[str, Any]:
    """Read a backup to its end and check every member; ``keep`` names where a member's bytes go. Returns the contents.

    Raises ``CannotAnswer`` for a key that does not open it and for damage: what was kept must then be thrown away.
    """
    found: dict[str, tuple[int, str]] = {}
    contents: dict[str, Any] = {}
    try:
        with source.open("rb") as file, _decrypted(file, identity) as plain:
            with gzip.GzipFile(fileobj=plain, mode="rb") as packed, tarfile.open(fileobj=packed, mode="r|") as tar:
                for member in tar:
                    stream = tar.extractfile(member) if member.isreg() else None
                    if stream is None:
                        raise CannotAnswer(f"{source.name} holds {member.name!r}, which is no plain file.")
                    if member.name == CONTENTS:
                        contents = json.loads(stream.read())
                    else:
                        found[checked(member.name)] = _passed_on(stream, keep(member.name))
                while packed.read(PIECE):  # to the check sum at the end, and past it
                    pass
            while plain.read(PIECE):
                pass
    except (tarfile.TarError, EOFError, OSError, ValueError, zlib.error, pyrage.DecryptError) as error:
        raise CannotAnswer(_unreadable(source, error)) from error
    _agree(source, contents, found)
    return contents


@contextmanager
def _decrypted(file: IO[bytes], identity: Path | None) -> Iterator[IO[bytes]]:
    start = file.read(len(AGE))
    file.seek(0)
    if start != AGE:
        yield file
        return
    if identity is None:
        raise WrongUsage("This backup is encrypted. Name the file with your key: --identity KEYFILE.")
    keys = identities(identity)
    read, write = os.pipe()

    def decrypt() -> None:
        with os.fdopen(write, "wb") as plain:
            pyrage.decrypt_io(file, plain, keys)

    with _beside(decrypt), os.fdopen(read, "rb") as stream:
        yield stream


@contextmanager
def _beside(work: Callable[[], None]) -> Iterator[None]:
    """Run ``work`` in a thread while the block runs; its error comes first, because it is the cause of the block's."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - it is raised again in the caller's thread
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    except (CannotAnswer, WrongUsage):
        raise
    except Exception:
        thread.join()
        if failed:
            raise failed[0] from None
        raise
    finally:
        thread.join()
    if failed:
        raise failed[0]


def new_key() -> tuple[str, str]:
    """A fresh pair of keys as texts: the secret one, to be kept away from this machine, and the recipient's."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def identities(path: Path) -> list[Any]:
    """The secret keys in a file as ``age-keygen`` writes it; raises ``WrongUsage`` where there is none."""
    try:
        lines = path.read_text("ascii").split()
    except (OSError, UnicodeDecodeError):
        raise WrongUsage(f"{path} cannot be read as a file of keys.") from None
    found = [pyrage.x25519.Identity.from_str(line) for line in lines if line.startswith("AGE-SECRET-KEY-1")]
    if not found:
        raise WrongUsage(f"{path} holds no key that begins with AGE-SECRET-KEY-1.")
    return found


def _recipient(text: str) -> Any:
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        raise WrongUsage(
            f"{text!r} is no recipient; it must begin with age1 (see `duecare backup-key FILE`)."
        ) from None


def checked(name: str) -> str:
    """A member's name, refused unless it lies in a home's own folders."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or str(path) != name or path.parts[0] not in ROOTS:
        raise CannotAnswer(f"This is no backup of duecare: it holds {name!r}.")
    return name


def _passed_on(stream: IO[bytes], sink: Sink | None) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    while piece := stream.read(PIECE):
        digest.update(piece)
        size += len(piece)
        if sink is not None:
            sink.write(piece)
    return size, digest.hexdigest()


def _agree(source: Path, contents: Mapping[str, Any], found: Mapping[str, tuple[int, str]]) -> None:
    if contents.get("layout") != LAYOUT:
        raise CannotAnswer(
            f"{source.name} has no list of contents that this version reads: it was cut off, or is newer."
        )
    listed = {name: tuple(entry) for name, entry in contents["entries"].items()}
    if wrong := sorted(name for name in listed.keys() | found.keys() if listed.get(name) != found.get(name)):
        raise CannotAnswer(f"{source.name} is damaged: {wrong[0]} is not what was written ({len(wrong)} files in all).")


def _unreadable(source: Path, error: Exception) -> str:
    if isinstance(error, pyrage.DecryptError):
        return f"{source.name} cannot be opened with this key, or is damaged. Use the key that the backup was made for."
    if isinstance(error, FileNotFoundError):
        return f"There is no file {source}."
    return f"{source.name} is no whole backup: it is damaged or was cut off."
