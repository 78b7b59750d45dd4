"""A backup in one file: the embedded database, the documents it names, the published log.

A tar whose last member, ``manifest.json``, holds the SHA-256 of every other. The database is
copied first, by SQLite's own means while others write. Documents and log can then only be ahead of
it, which does no harm: a document is on disk before the row that names it, and what the log is
ahead is taken back from it.

Never in it: the keys of this installation, without which what is erased stays erased; and the last
signed checkpoints, which must not go back in time.
"""

import io
import json
import os
import secrets
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection

from guiju.cases.documents import path_of
from guiju.cases.models import Document
from guiju.record.durable import HALF, locked
from guiju.record.shards import Shard
from guiju.site.log_reader import reader_of
from guiju.tlog.checkpoints import claimed_checkpoint
from guiju.tlog.verification import check_extends

DATABASE, DOCUMENTS, LOG, MANIFEST = "database.sqlite3", "documents", "log", "manifest.json"
CHUNK = 1024 * 1024


class BadArchive(Exception):
    """A backup that cannot be made or restored here; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds."""

    made_at: str
    has_database: bool
    documents: int
    log_entries: int
    bytes: int


def pack(target: Path, at: datetime) -> Contents:
    """Write a backup, whole or not at all. Raises BadArchive when the file is there already."""
    if target.exists():
        raise BadArchive(f"{target} 已经存在,请换一个文件名")
    half = target.with_name(f"{target.name}.{secrets.token_hex(4)}{HALF}")
    try:
        with half.open("xb") as file, tarfile.open(fileobj=file, mode="w") as tar:
            contents = _fill(tar, half, at)
            tar.close()
            file.flush()
            os.fsync(file.fileno())
        half.rename(target)
    finally:
        half.unlink(missing_ok=True)
    return contents


def _fill(tar: tarfile.TarFile, half: Path, at: datetime) -> Contents:
    sums: dict[str, str] = {}
    size = 0
    if connection.vendor == "sqlite":
        copy = half.with_suffix(".db")
        try:
            _copy_database(copy)
            size += _add(tar, DATABASE, copy, sums)
            digests = _named_documents(copy)
        finally:
            copy.unlink(missing_ok=True)
    else:  # dumped by the database's own means, just before
        digests = list(Document.objects.exclude(sha256="").values_list("sha256", flat=True))
    for digest in sorted(set(digests)):
        size += _add(tar, f"{DOCUMENTS}/{digest}", path_of(digest), sums)
    entries = 0
    with locked(Path(settings.SIGNED_ROOT) / "lock"):  # while nothing is being published
        for year, checkpoint in _shards(Path(settings.LOG_ROOT)):
            entries += checkpoint
            for file in sorted((Path(settings.LOG_ROOT) / year).rglob("*")):
                if file.is_file() and file.suffix != HALF:
                    name = f"{LOG}/{file.relative_to(settings.LOG_ROOT).as_posix()}"
                    size += _add(tar, name, file, sums)
    contents = Contents(at.isoformat(), DATABASE in sums, len(set(digests)), entries, size)
    manifest = {"contents": {n: getattr(contents, n) for n in contents.__slots__}, "sha256": sums}
    data = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
    info = tarfile.TarInfo(MANIFEST)
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))
    return contents


def _copy_database(copy: Path) -> None:
    with (
        closing(sqlite3.connect(connection.settings_dict["NAME"])) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)


def _named_documents(copy: Path) -> list[str]:
    with closing(sqlite3.connect(copy)) as database:
        rows = database.execute("SELECT DISTINCT sha256 FROM cases_document WHERE sha256 <> ''")
        return [digest for (digest,) in rows]


def _shards(root: Path) -> Iterator[tuple[str, int]]:
    """The years of a folder of logs, with the number of entries of each."""
    for file in sorted(root.glob("[0-9]*/checkpoint")):
        note = file.read_text(encoding="utf-8")
        yield file.parent.name, claimed_checkpoint(note).size


def _add(tar: tarfile.TarFile, name: str, path: Path, sums: dict[str, str]) -> int:
    info = tar.gettarinfo(path, name)
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    with path.open("rb") as file:
        hashed = _Hashing(file)
        tar.addfile(info, hashed)
    sums[name] = hashed.digest.hexdigest()
    return info.size


class _Hashing:
    """A file that is hashed while it is read."""

    def __init__(self, file: io.BufferedReader) -> None:
        self.file = file
        self.digest = sha256()

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        data = self.file.read(size)
        self.digest.update(data)
        return data


def unpack(source: Path) -> Contents:
    """Put a backup in place where nothing is yet; all of it or nothing.

    A published log that is here already and goes on from the one in the backup stays. Raises
    BadArchive.
    """
    target = _target()
    folder = Path(settings.VAR) / f"restore-{secrets.token_hex(4)}"
    folder.mkdir(parents=True)
    try:
        contents = _extract(source, folder)
        if contents.has_database and target is None:
            raise BadArchive("备份里是嵌入式数据库,而 DATABASE_URL 指向别的数据库")
        _check_log(folder / LOG)
        for file in (folder / DOCUMENTS).glob("*"):
            path_of(file.name).parent.mkdir(parents=True, exist_ok=True)
            file.replace(path_of(file.name))
        for shard in (folder / LOG).glob("*"):
            if not (Path(settings.LOG_ROOT) / shard.name).exists():
                Path(settings.LOG_ROOT).mkdir(parents=True, exist_ok=True)
                shard.replace(Path(settings.LOG_ROOT) / shard.name)
        if contents.has_database and target is not None:
            (folder / DATABASE).replace(target)  # last: with it the restored data are there
        os.sync()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return contents


def _target() -> Path | None:
    """Where the embedded database goes; None when another one is used. Raises BadArchive."""
    if connection.vendor != "sqlite":
        return None
    target = Path(connection.settings_dict["NAME"])
    there = [each for each in (target, Path(f"{target}-wal")) if each.exists()]
    if there:
        raise BadArchive(f"{there[0]} 已经存在:请先停止服务,把它移到别处,再恢复")
    return target


def _extract(source: Path, folder: Path) -> Contents:
    """Take everything out, held against the manifest. Raises BadArchive."""
    sums: dict[str, str] = {}
    try:
        with tarfile.open(source) as tar:
            for member in tar:
                file = tar.extractfile(member)
                if file is None:
                    raise BadArchive(f"{source} 里的 {member.name} 不是文件")
                if member.name == MANIFEST:
                    return _checked(json.loads(file.read()), sums, source)
                sums[member.name] = _write(_inside(folder, member.name), file)
    except (tarfile.TarError, OSError, ValueError) as error:
        raise BadArchive(f"{source} 读不出来:{error}") from error
    raise BadArchive(f"{source} 不完整:没有 {MANIFEST}")


def _checked(manifest: Mapping[str, Mapping[str, object]], sums: object, source: Path) -> Contents:
    if manifest["sha256"] != sums:
        raise BadArchive(f"{source} 的内容与清单不符:备份文件损坏或被改过")
    return Contents(**manifest["contents"])  # type: ignore[arg-type]


def _inside(folder: Path, name: str) -> Path:
    path = (folder / name).resolve()
    if folder.resolve() not in path.parents or not name.startswith((DATABASE, DOCUMENTS, LOG)):
        raise BadArchive(f"备份里有不该有的路径 {name}")
    return path


def _write(path: Path, file: IO[bytes]) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = sha256()
    with path.open("xb") as out:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest()


def _check_log(folder: Path) -> None:
    """A log that is here already must go on from the one in the backup. Raises BadArchive."""
    for year, _ in _shards(folder):
        shard = Shard(int(year))
        if not (shard.folder / "checkpoint").exists():
            continue
        notes = [(each / "checkpoint").read_text() for each in (folder / year, shard.folder)]
        old, new = map(claimed_checkpoint, notes)
        if not check_extends(reader_of(str(shard.folder))[0], old, new):
            raise BadArchive(f"{shard.folder} 不是从备份里的日志接着写的,请先弄清哪一份是公布过的")
