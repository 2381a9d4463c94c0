"""Writes to a record while every write and flush of SQLite is recorded: ``python power_cut_process.py HOME TRACE SYNCHRONOUS``.

SQLite asks its system layer (VFS) to open, write, truncate and flush files; this process puts a recorder into that layer of
the very library that Python uses, so that what is on the disk after a cut can be computed from what had been flushed.
"""

from __future__ import annotations

import _sqlite3
import base64
import ctypes
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

ACTS = 160
POINTER = ctypes.sizeof(ctypes.c_void_p)
METHODS_BYTES = 8 + 18 * POINTER
X_OPEN = 16 + 3 * POINTER
"""Where a VFS has its function for opening: behind three numbers, padding and three pointers (sqlite3.h)."""
X_WRITE, X_TRUNCATE, X_SYNC = 8 + 2 * POINTER, 8 + 3 * POINTER, 8 + 4 * POINTER

Open = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(ctypes.c_int)
)
Write = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_longlong)
Truncate = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_longlong)
Sync = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int)


class Recorder:
    """Notes what SQLite does to its files, in order, and lets it be done."""

    def __init__(self) -> None:
        self.trace: list[list[object]] = []
        self._names: dict[int, str] = {}
        self._tables: dict[int, ctypes.Array[ctypes.c_char]] = {}
        self._kept: list[object] = []
        library = ctypes.CDLL(_sqlite3.__file__)
        library.sqlite3_vfs_find.restype = ctypes.c_void_p
        place = ctypes.c_void_p.from_address(library.sqlite3_vfs_find(None) + X_OPEN)
        assert place.value is not None
        self._open = Open(place.value)
        place.value = self._address(Open(self._opened))

    def _address(self, function: object) -> int | None:
        self._kept.append(function)
        return ctypes.cast(function, ctypes.c_void_p).value  # type: ignore[arg-type]

    def _opened(self, vfs: int, name: int | None, file: int, flags: int, out: object) -> int:
        """The name is passed on as the address that it came by: SQLite keeps it and reads it again later."""
        code = int(self._open(vfs, name, file, flags, out))
        methods = ctypes.c_void_p.from_address(file)
        if code == 0 and name and methods.value:
            self._names[file] = Path(os.fsdecode(ctypes.string_at(name))).name
            methods.value = ctypes.addressof(self._recording(methods.value))
        return code

    def _recording(self, methods: int) -> ctypes.Array[ctypes.c_char]:
        """The methods of a kind of file with three of them recorded."""
        if methods in self._tables:
            return self._tables[methods]
        table = ctypes.create_string_buffer(ctypes.string_at(methods, METHODS_BYTES), METHODS_BYTES)
        places = {at: ctypes.c_void_p.from_buffer(table, at) for at in (X_WRITE, X_TRUNCATE, X_SYNC)}
        write, truncate, sync = (
            Write(places[X_WRITE].value),
            Truncate(places[X_TRUNCATE].value),
            Sync(places[X_SYNC].value),
        )  # type: ignore[arg-type]

        def written(file: int, content: int, size: int, at: int) -> int:
            self.trace.append(
                ["write", self._names[file], at, base64.b64encode(ctypes.string_at(content, size)).decode()]
            )
            return int(write(file, content, size, at))

        def truncated(file: int, size: int) -> int:
            self.trace.append(["truncate", self._names[file], size])
            return int(truncate(file, size))

        def synced(file: int, flags: int) -> int:
            code = int(sync(file, flags))
            self.trace.append(["sync", self._names[file]])
            return code

        places[X_WRITE].value = self._address(Write(written))
        places[X_TRUNCATE].value = self._address(Truncate(truncated))
        places[X_SYNC].value = self._address(Sync(synced))
        self._tables[methods] = table
        return table


def main() -> None:
    """Write acts to the record and note when each was acknowledged; end without closing, as a cut would."""
    home, out, synchronous = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    recorder = Recorder()
    from duecare.casebook import opening
    from duecare.casebook.home import Home
    from duecare.casebook.writing import Actor, written

    if synchronous != "as-it-is":
        command = opening.SQLITE["init_command"]
        assert "synchronous=FULL" in command
        opening.SQLITE["init_command"] = command.replace("synchronous=FULL", f"synchronous={synchronous}")
    opening.open_casebook(Home.open(home), migrate=False)
    for number in range(1, ACTS + 1):
        actor = Actor(None, at=datetime(2026, 11, 24, tzinfo=UTC))
        with written(actor, "test.write", kind="thing") as note:
            note(f"object{number}", {"text": "x" * 3000})
        recorder.trace.append(["acknowledged", number])
    out.write_text("".join(json.dumps(one) + "\n" for one in recorder.trace), encoding="ascii")
    os._exit(0)


if __name__ == "__main__":
    main()
