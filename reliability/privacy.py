"""Ten thousand invented citizens apply; then everything that is published is searched for them.

For names, identity numbers, telephone numbers and case numbers as they are, in any file of the
log; and for what somebody would find who hashes all of them, which takes minutes: SHA-256, SM3,
SHA-1 and MD5 of each, as bytes at any offset, in hex and in base64. Then some of the cases are
erased: the log must verify as before, and the database file must no longer hold a word of what
they told.

The control looks for what is there: each citizen's own commitments, which the search would find
as it would find bare hashes.
"""

import base64
import re
from collections.abc import Iterable, Iterator
from hashlib import new
from pathlib import Path
from random import Random

from reliability import product, worker
from reliability.children import Child, ask, together
from reliability.product import Citizen
from reliability.run import Row, Run

CLERKS = 2
FAMILY = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = "伟芳娜敏静磊强洋艳勇军杰娟涛超明霞秀刚平辉丹萍红玉兰龙凤鑫波斌宇浩凯"
HASHES = ("sha256", "sm3", "sha1", "md5")
WEIGHTS, CHECKS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"


def citizens(count: int, chance: Random) -> list[Citizen]:
    """Invented people with names of three characters and numbers whose check digits are right."""
    found = []
    for _ in range(count):
        name = chance.choice(FAMILY) + chance.choice(GIVEN) + chance.choice(GIVEN)
        born = f"{chance.randint(1940, 2005)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}"
        digits = f"140423{born}{chance.randint(1, 999):03}"
        weighed = sum(int(d) * w for d, w in zip(digits, WEIGHTS, strict=True))
        identity = digits + CHECKS[weighed % 11]
        found.append(Citizen(name, identity, f"13{chance.randint(0, 999_999_999):09}"))
    return found


def run(run: Run) -> Iterator[Row]:
    """Let them apply, publish, search, erase, verify."""
    run.database.fresh()
    people = citizens(run.scale(10_000, 200), run.chance())
    shares = [(people[i::CLERKS],) for i in range(CLERKS)]
    numbers = [done.number for log in together(_applying, shares) for done in log.done]
    ask(product.index_all)
    folder = Path(ask(product.log_folder))
    files = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    secrets = [part for each in people for part in (each.name, each.identity, each.phone)]
    secrets += numbers
    found = list(_found(files.values(), secrets))
    committed = ask(product.commitments)
    yield run.row(
        f"{len(numbers):,} citizens apply; {len(secrets):,} names and numbers and "
        f"{len(HASHES)} hashes of each looked for in {len(files)} files",
        "0 found",
        f"{len(found)} found{f' ({found[0]})' if found else ''}",
        holds=len(numbers) == len(people) and not found,
    )
    seen = sum(1 for each in _digests(files.values()) if each in committed)
    yield run.row(
        "the same search for the commitments that are there",
        "all found, or the test is blind",
        f"{seen:,} of {len(committed):,} found",
        holds=0 < seen == len(committed),
        part=", control",
    )
    yield _erased(run, numbers, people)


def _applying(say: worker.Say, people: list[Citizen]) -> None:
    for each in people:
        say("!", **product.told(product.apply(each)))


def _found(files: Iterable[bytes], secrets: list[str]) -> Iterator[str]:
    """Which of these, or which hash of them, stand in the files."""
    known = set(secrets)
    hashed = {
        new(kind, each.encode()).digest(): f"{kind} of {each}"
        for each in secrets
        for kind in HASHES
    }
    sizes = {len(each) for each in hashed}
    for data in files:
        text = data.decode(errors="replace")
        for run_ in re.findall(r"[\u4e00-\u9fff]+", text):
            yield from (run_[i : i + 3] for i in range(len(run_) - 2) if run_[i : i + 3] in known)
        yield from (each for each in re.findall(r"[0-9A-Z-]{11,}", text) if each in known)
        yield from (hashed[each] for each in _windows(data, sizes) if each in hashed)
    yield from (hashed[each] for each in _digests(files) if each in hashed)


def _windows(data: bytes, sizes: set[int]) -> Iterator[bytes]:
    for size in sizes:
        yield from (data[i : i + size] for i in range(len(data) - size + 1))


def _digests(files: Iterable[bytes]) -> Iterator[bytes]:
    """Everything in the files that is a digest in hex or in base64."""
    for data in files:
        for each in re.findall(rb"[0-9A-Fa-f]{32,}", data):
            if len(each) % 2 == 0:
                yield bytes.fromhex(each.decode())
        for each in re.findall(rb"[0-9A-Za-z+/]{22,}={0,2}", data):
            if len(each) % 4 == 0:
                yield base64.b64decode(each)


def _erased(run: Run, numbers: list[str], people: list[Citizen]) -> Row:
    """Erase some cases; the log holds, and the database file has forgotten."""
    chosen = run.chance().sample(numbers, run.scale(100, 10))
    stories = ask(product.stories, chosen)
    there = sum(_in_database(run, each) for each in stories)
    signed = ask(product.signed)
    Child(_erasing, chosen).end()
    ask(product.index_all)
    wrong = ask(product.log_faults, [signed])
    left = sum(_in_database(run, each) for each in stories)
    return run.row(
        f"{len(chosen)} cases erased, with their keys",
        "the log verifies and goes on; nothing of what they told is left in the database's files",
        f"{len(wrong)} wrong; {left} of {there} stories left",
        holds=there == len(stories) and not wrong and not left,
        part=", erased",
    )


def _erasing(say: worker.Say, numbers: list[str]) -> None:
    for number in numbers:
        product.withdraw_and_erase(number)
    product.hang_up()


def _in_database(run: Run, text: str) -> bool:
    files = (each for each in (run.database.disk / "var").glob("guiju.db*"))
    return any(text.encode() in file.read_bytes() for file in files)
