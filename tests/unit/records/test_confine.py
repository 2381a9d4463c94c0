"""The fence holds: no network, no programs, no writing outside, no memory, time or files beyond the limits."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from duecare.records import confine
from duecare.settings import MIB, Limits


def fenced(folder: Path, act: Callable[[], object], limits: Limits | None = None) -> str:
    """Run ``act`` in a forked and confined process: ``done``, the name of the error, or the signal that ended it."""
    hear, speak = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            confine.install_hook()
            confine.confine(folder, limits or Limits(memory_bytes=4096 * MIB))
            try:
                act()
                os.write(speak, b"done")
            except BaseException as error:  # noqa: BLE001  what the act raised is the answer
                os.write(speak, type(error).__name__.encode())
        finally:
            os._exit(0)
    os.close(speak)
    said = os.read(hear, 100).decode()
    os.close(hear)
    status = os.waitpid(pid, 0)[1]
    return signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else said


@pytest.mark.parametrize(
    "act",
    [
        lambda: socket.socket(),
        lambda: socket.getaddrinfo("example.org", 80),
        lambda: subprocess.run(["/bin/true"], check=True),
        lambda: os.system("true"),
        lambda: os.execv("/bin/true", ["true"]),
        lambda: os.posix_spawn("/bin/true", ["true"], {}),
    ],
    ids=["socket", "name", "subprocess", "system", "exec", "spawn"],
)
def test_network_and_programs_are_out_of_reach(act: Callable[[], object], tmp_path: Path) -> None:
    assert fenced(tmp_path, act) == "PermissionError"


def test_only_the_own_folder_can_be_written(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (outside / "there").write_text("x", encoding="ascii")
    (inside / "way-out").symlink_to(outside)
    assert fenced(inside, lambda: (inside / "a").write_text("x", encoding="ascii")) == "done"
    assert fenced(inside, lambda: (inside / "a").unlink()) == "done"
    for act in (
        lambda: (outside / "a").write_text("x", encoding="ascii"),
        lambda: (inside / ".." / "outside" / "a").write_text("x", encoding="ascii"),
        lambda: (inside / "way-out" / "a").write_text("x", encoding="ascii"),
        lambda: (outside / "there").unlink(),
        lambda: (outside / "there").rename(inside / "b"),
        lambda: os.open(outside / "a", os.O_CREAT | os.O_WRONLY),
    ):
        assert fenced(inside, act) == "PermissionError"
    assert fenced(inside, (outside / "there").read_text) == "done"
    assert [path.name for path in outside.iterdir()] == ["there"]


def test_memory_time_files_and_sizes_end_at_their_limits(tmp_path: Path) -> None:
    def spin() -> None:
        while True:
            pass

    def write() -> None:
        with (tmp_path / "large").open("wb") as file:
            for _ in range(100):
                file.write(bytes(MIB))

    assert fenced(tmp_path, lambda: bytearray(4096 * MIB), Limits(memory_bytes=2048 * MIB)) == "MemoryError"
    assert fenced(tmp_path, spin, Limits(seconds=1)) == "SIGXCPU"
    assert fenced(tmp_path, write, Limits(staged_bytes=MIB)) == "OSError"
    assert (tmp_path / "large").stat().st_size == MIB
    assert fenced(tmp_path, lambda: [os.open(os.devnull, os.O_RDONLY) for _ in range(100)]) == "OSError"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="network namespaces exist on Linux only")
def test_the_network_namespace_is_empty_where_the_system_permits_one() -> None:
    act = "from duecare.records import confine; import socket, sys; told = confine.leave_network(); names = [n for _, n in socket.if_nameindex()]; print(told, names)"  # fmt: skip
    home = str(Path(confine.__file__).parents[2])
    said = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.append({home!r}); {act}"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert said.strip() == "True ['lo']" or said.startswith("False")
