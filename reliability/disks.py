"""Real file systems in files, for tests that take the disk away; root alone may mount them.

    host.img (XFS, or a tmpfs)  →  host/disk.img (ext4)  →  what the test calls its disk

The program runs in a mount namespace of its own, so nothing stays mounted when it ends, however
it ends; that is asked for here, and without it nothing is mounted.
"""

import contextlib
import fcntl
import os
import shutil
import struct
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from reliability.run import Cannot

HOST_MB, DISK_MB = 2_048, 320
SHUT_DOWN = 0x8004587D  # XFS_IOC_GOINGDOWN: the file system stops at once,
FORGET = struct.pack("I", 2)  # … and drops what has not been flushed.
TRIES = 200
OWN = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
MARK = "RELIABILITY_OWN"  # in the environment of whoever runs in namespaces of its own


def shell(*command: str | Path) -> None:
    """Run a program; if it fails, show what it said."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}: {done.stderr.strip()}")


def may_mount(*programs: str) -> None:
    """Raise Cannot, with the reason, where nothing can be mounted."""
    if os.geteuid():
        raise Cannot("only root can mount file systems")
    if MARK not in os.environ:
        raise Cannot("no mount namespace of our own to be had here (unshare --mount --pid)")
    missing = [each for each in programs if not shutil.which(each)]
    if missing:
        raise Cannot(f"not installed: {', '.join(missing)} (Debian: e2fsprogs, xfsprogs)")


@contextlib.contextmanager
def mounted(source: str | Path, target: Path, *options: str) -> Iterator[Path]:
    """A file system that is there while the block lasts."""
    target.mkdir(parents=True, exist_ok=True)
    try:
        shell("mount", *options, source, target)
    except RuntimeError as error:
        raise Cannot(f"nothing can be mounted here: {error}") from None
    try:
        yield target
    finally:
        unmount(target)


def unmount(target: Path) -> None:
    """Take a file system away, once the last process has let go of it."""
    for _ in range(TRIES):
        if subprocess.run(["umount", target], capture_output=True, check=False).returncode == 0:
            return
        time.sleep(0.02)
    shell("umount", target)


def make_host(image: Path) -> None:
    """An empty XFS in a file, which can copy files by reference."""
    shell("truncate", "-s", f"{HOST_MB}M", image)
    shell("mkfs.xfs", "-q", "-f", "-m", "reflink=1", image)


def make_disk(image: Path) -> None:
    """An empty ext4 in a file, all of it allocated."""
    shell("truncate", "-s", f"{DISK_MB}M", image)
    shell("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", image)


def copy_by_reference(source: Path, target: Path) -> None:
    """Copy a file at one moment, whoever is writing to it."""
    shell("cp", "--reflink=always", source, target)


def shut_down(folder: Path) -> None:
    """Stop an XFS at once; whatever it had not been told to flush is gone."""
    file = os.open(folder, os.O_RDONLY)
    try:
        fcntl.ioctl(file, SHUT_DOWN, FORGET)
    finally:
        os.close(file)
