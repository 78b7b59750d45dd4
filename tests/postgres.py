"""A private PostgreSQL cluster for the tests: made in a temporary folder, thrown away at the end.

    python tests/postgres.py PROGRAM ARGUMENTS…

runs the program with DATABASE_URL naming such a cluster and ends with its exit status. Where
PostgreSQL's server is not installed, it says so in one line, runs nothing and ends with 0.
The cluster checks its pages (data checksums) and flushes nothing to disk, as it need not
survive; CLUSTER_FSYNC=on makes it flush, for measuring.
"""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

MISSING = "PostgreSQL's server is not installed (Debian: postgresql); its tests are skipped"


def binaries() -> Path | None:
    """The folder of initdb and pg_ctl, the newest first; Debian keeps it off the PATH."""
    found = shutil.which("initdb")
    debian = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = sorted(debian, key=lambda each: float(each.parent.parent.name), reverse=True)
    folders = [each.resolve().parent for each in ([Path(found)] if found else []) + newest]
    return next((each for each in folders if (each / "pg_ctl").exists()), None)


def owner() -> pwd.struct_passwd:
    """Who runs the server: ourselves, but for root, whom PostgreSQL refuses."""
    if os.geteuid():
        return pwd.getpwuid(os.geteuid())
    names = {each.pw_name: each for each in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def free_port() -> int:
    """A port of the loopback that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def call(*command: str | Path, cwd: Path) -> None:
    """Run a program as the owner of the cluster; if it fails, show what it said."""
    who = owner()
    change = {} if os.geteuid() else {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}
    # The output goes to a file, since the server would hold a pipe open for as long as it lives.
    with (cwd / "output").open("w+", encoding="utf-8") as output:
        done = subprocess.run(
            command, cwd=cwd, stdout=output, stderr=output, check=False, **change
        )
        output.seek(0)
        if done.returncode:
            raise RuntimeError(f"{Path(command[0]).name} failed:\n{output.read()}")


@contextlib.contextmanager
def cluster(programs: Path) -> Iterator[str]:
    """Start a cluster with these binaries, give its DATABASE_URL, stop it and delete it."""
    with tempfile.TemporaryDirectory(prefix="guiju-") as folder:
        home, data = Path(folder), Path(folder) / "data"
        port, password = free_port(), secrets.token_hex()
        (home / "password").write_text(password)
        for each in (home, home / "password"):
            os.chown(each, owner().pw_uid, owner().pw_gid)
        access = ["--username=guiju", "--pwfile=password", "--auth=scram-sha-256"]
        content = ["--encoding=UTF8", "--locale=C", "--data-checksums", "--no-sync"]
        call(programs / "initdb", f"--pgdata={data}", *access, *content, cwd=home)
        options = (
            f"-p {port} -h 127.0.0.1 -k {home} -c fsync={os.environ.get('CLUSTER_FSYNC', 'off')}"
        )
        control = [programs / "pg_ctl", f"--pgdata={data}", "--wait"]
        try:
            call(*control, "--log=log", f"--options={options}", "start", cwd=home)
            yield f"postgresql://guiju:{password}@127.0.0.1:{port}/postgres"
        finally:
            if (data / "postmaster.pid").exists():
                call(*control, "--mode=fast", "stop", cwd=home)


def main(*command: str) -> int:
    """Run a command with DATABASE_URL naming a private cluster; answer its exit status."""
    programs = binaries()
    if programs is None:
        print(MISSING)
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # Stop it even so.
    with cluster(programs) as url:
        return subprocess.run(
            command, env={**os.environ, "DATABASE_URL": url}, check=False
        ).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
