"""The two databases, each on a folder that stands for the disk: made, copied, started, killed.

``disk`` may be an ordinary folder or the mount point of a file system made for a test; the
documents lie on it too. PostgreSQL listens on a socket in a folder that only its owner may enter.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.postgres import binaries, call, owner

START_SECONDS_MAX = 60
OPTIONS = ("fsync=on", "listen_addresses=", "max_connections=60", "shared_buffers=64MB")


@dataclass
class Sqlite:
    """An embedded database beside its documents."""

    home: Path  # of this test
    prepared: Path  # a database with the sample city, to be copied
    name = "SQLite"

    @property
    def disk(self) -> Path:
        """The folder that holds whatever must survive."""
        return self.home / "disk"

    @property
    def keys(self) -> Path:
        """The folder of the keys, which lie elsewhere, as in production."""
        return self.home.parent / "keys"

    @property
    def url(self) -> str:
        """What DATABASE_URL says."""
        return f"sqlite:///{self.disk}/var/guiju.db"

    def fresh(self) -> None:
        """Put the prepared database in place of whatever was there, and start."""
        self.stop()
        self.disk.mkdir(parents=True, exist_ok=True)
        for each in self.disk.iterdir():
            if each.is_dir() and each.name != "lost+found":
                shutil.rmtree(each)
        copy(self.prepared, self.disk)
        self.start()

    def start(self, *options: str) -> None:
        """Nothing is to be started."""

    def stop(self) -> None:
        """Nothing is to be stopped."""

    def kill(self) -> None:
        """There is no server to be killed."""


@dataclass
class Postgres(Sqlite):
    """A cluster of its own, which flushes to disk as in production."""

    name = "PostgreSQL"
    _server: "subprocess.Popen[bytes] | None" = None

    @property
    def data(self) -> Path:
        """The cluster's folder."""
        return self.disk / "data"

    @property
    def url(self) -> str:
        """What DATABASE_URL says."""
        return f"postgresql://guiju@{str(self.home / 's').replace('/', '%2F')}/postgres"

    def make(self) -> None:
        """Make an empty cluster."""
        own(self.disk)
        access = ["--username=guiju", "--auth=trust"]  # The socket's folder keeps others out.
        content = ["--encoding=UTF8", "--locale=C", "--data-checksums"]
        call(programs() / "initdb", f"--pgdata={self.data}", *access, *content, cwd=self.disk)

    def start(self, *options: str) -> None:
        """Start the server, recovering what a crash has left, and wait until it answers."""
        socket = self.home / "s"
        own(socket)
        socket.chmod(0o700)
        command = [str(programs() / "postgres"), "-D", str(self.data)]
        command += [f"--{each}" for each in (*OPTIONS, f"unix_socket_directories={socket}")]
        command += [f"--{each}" for each in options]
        user, is_root = owner(), not os.geteuid()
        with (self.home / "server.log").open("ab") as log:
            self._server = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                cwd=socket,
                user=user.pw_uid if is_root else None,
                group=user.pw_gid if is_root else None,
                extra_groups=[] if is_root else None,
            )
        until = time.monotonic() + START_SECONDS_MAX
        while not self.answers():
            if self._server.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"the server did not start, see {self.home / 'server.log'}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop the server at once; the next start recovers."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """Kill every process of the server, as when the kernel runs out of memory, or worse."""
        if self._server is not None and self._server.poll() is None:
            os.kill(self._server.pid, signal.SIGSTOP)  # So that it starts no more of them.
            for pid in children_of(self._server.pid):
                os.kill(pid, signal.SIGKILL)
            self._end(signal.SIGKILL)

    def answers(self) -> bool:
        """Whether the server is up and lets somebody in."""
        ready = [str(programs() / "pg_isready"), "--quiet", f"--host={self.home / 's'}"]
        return subprocess.run(ready, check=False).returncode == 0

    def _end(self, how: signal.Signals) -> None:
        if self._server is not None:
            if self._server.poll() is None:
                self._server.send_signal(how)
            self._server.wait(START_SECONDS_MAX)
            self._server = None


KINDS = {"sqlite": Sqlite, "postgres": Postgres}


def programs() -> Path:
    """The folder of PostgreSQL's programs."""
    found = binaries()
    assert found is not None, "asked before"
    return found


def own(folder: Path) -> None:
    """Make a folder that belongs to whoever runs the server."""
    folder.mkdir(parents=True, exist_ok=True)
    os.chown(folder, owner().pw_uid, owner().pw_gid)


def copy(source: Path, target: Path) -> None:
    """Copy the content of a folder, with owners and modes."""
    subprocess.run(["cp", "-a", f"{source}/.", target], check=True)


def children_of(parent: int) -> list[int]:
    """The processes that a process has started."""
    found = []
    for each in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = each.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # It has just ended.
        if int(after_name[1]) == parent:
            found.append(int(each.parent.name))
    return found


def prepare(kind: str, home: Path) -> Path:
    """Make a database with the sample city; answers the folder to be copied."""
    database = KINDS[kind](home, home)
    (database.disk / "var").mkdir(parents=True)
    try:
        if isinstance(database, Postgres):
            database.make()
            database.start()
        subprocess.run(
            [sys.executable, "-m", "reliability.alone", "prepare"],
            env=environment(database),
            check=True,
        )
    finally:
        database.stop()
    return database.disk


def environment(database: Sqlite) -> dict[str, str]:
    """What a process must find in its environment to use a database as in production."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GUIJU_")}
    return {
        **kept,
        "DATABASE_URL": database.url,
        "DJANGO_SETTINGS_MODULE": "guiju.site.settings",
        "GUIJU_ENV": "production",
        "GUIJU_SECRET_KEY": "reliability-" + "x" * 60,
        "GUIJU_HOSTS": "localhost",
        "GUIJU_VAR": str(database.disk / "var"),
        "GUIJU_KEYS": str(database.keys),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
