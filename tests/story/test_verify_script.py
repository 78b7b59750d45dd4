"""The verifier in the browser against receipts made in Python: right ones, and damaged ones.

A log of a thousand entries with full tiles and partial ones, signed at many sizes; every receipt
is also damaged in one place, one after the other in all its parts.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

import guiju.portal
from guiju.portal.words import WORDS
from guiju.record.entries import canonical
from guiju.record.keys import Keys
from guiju.tlog import leaf_hash
from guiju.tlog.checkpoints import Checkpoint
from guiju.tlog.notes import CosignatureSigner, Ed25519Signer, decode64, encode64, sign_note
from guiju.tlog.proofs import inclusion_proof
from guiju.tlog.receipts import Receipt
from guiju.tlog.tiles import EMPTY, append, stored_nodes

SCRIPTS = Path(guiju.portal.__file__).parent / "static" / "portal"
ORIGIN = "example.org/log/2026"
SIZE = 1_000
COUNT = 50
SIGNER = Ed25519Signer(ORIGIN, b"\x01" * 32)
WITNESS = CosignatureSigner("witness.example", b"\x02" * 32, 1_790_000_000)
KEYS = [SIGNER.verifier.vkey, WITNESS.verifier.vkey]
OTHERS = Keys(b"\x03" * 32, b"\x04" * 32)
GROUP = canonical({"story": "学费凑不齐"})
JUDGE = """async ([words, keys, texts]) => {
  const { Judge } = await import("/verify_verdicts.js");
  const open = {
    log: () => async (path) => {
      const answer = await fetch(`/log/${path}`);
      return answer.ok ? new Uint8Array(await answer.arrayBuffer()) : null;
    },
    text: async () => null,
  };
  const judge = new Judge(words, keys, [2026], open);
  const bytes = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  const say = ({ mark, sentence, checks }) => ({ mark, sentence, checks });
  const judged = [];
  for (const each of texts) {
    const verdict = typeof each === "string"
      ? await judge.ofReceipt("", bytes(each)) : await judge.ofPaper(...each);
    judged.push(say(verdict));
  }
  return judged;
}"""
MEMORY = """async ([words, keys, remembered]) => {
  const { Judge } = await import("/verify_verdicts.js");
  const open = { log: () => async (path) => {
    const answer = await fetch(`/log/${path}`);
    return answer.ok ? new Uint8Array(await answer.arrayBuffer()) : null;
  } };
  const judge = new Judge(words, keys, [2026], open);
  const { verdict, keep, notes } = await judge.ofMemory(2026, remembered);
  return { mark: verdict.mark, said: verdict.checks[0].said, keep, notes };
}"""


def entry(index: int) -> str:
    return canonical(
        {
            "at": "2026-09-07T01:00:00.000000Z",
            "committed": {"facts": OTHERS.commitment(index, "facts", GROUP)},
            "kind": "act",
            "organ": "民政办",
            "outcome": "accept",
            "post": "窗口",
            "power": "",
            "seq": index,
            "step": "accept",
            "subject": f"{index:032x}",
            "version": "",
        }
    )


class Log:
    """A log in memory that keeps the files and the signed checkpoint of every size."""

    def __init__(self, entries: list[str], seed: int) -> None:
        self.files: dict[str, bytes] = {}
        self.notes: dict[int, str] = {}
        self.entries = entries
        edge, chance = EMPTY, Random(seed)
        while edge.size < len(entries):
            step = chance.choice((1, 3, 7, 40, 100))
            edge, files = append(
                edge, [each.encode() for each in entries[edge.size : edge.size + step]]
            )
            self.files |= dict(files)
            checkpoint = Checkpoint(ORIGIN, edge.size, edge.root())
            self.notes[edge.size] = sign_note(checkpoint.text, SIGNER, WITNESS)
        self.files["checkpoint"] = self.notes[edge.size].encode()

    def read(self, path: str) -> bytes:
        try:
            return self.files[path]
        except KeyError:
            raise FileNotFoundError(path) from None

    def receipt(self, index: int, size: int) -> Receipt:
        proof = inclusion_proof(stored_nodes(self.read, size), index, size)
        opened = {"facts": {"key": OTHERS.of(index, "facts").hex(), "text": GROUP}}
        extra = canonical({"entry": self.entries[index], "opened": opened})
        return Receipt(index, tuple(proof), self.notes[size], extra.encode())


LOG = Log([entry(i) for i in range(SIZE)], 1)


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """An empty page of a secure address that serves the scripts and ``LOG``."""
    page = browser.new_context().new_page()
    page.route("http://localhost/**", lambda route: answer(route, LOG))
    page.goto("http://localhost/")
    yield page
    page.context.close()


def answer(route: Route, log: Log) -> None:
    path = route.request.url.removeprefix("http://localhost/").partition("?")[0]
    if path.startswith("log/"):
        data = log.files.get(path.removeprefix("log/"))
        route.fulfill(status=200 if data is not None else 404, body=data or b"")
    elif path.endswith(".js"):
        route.fulfill(body=(SCRIPTS / path).read_bytes(), content_type="text/javascript")
    else:
        route.fulfill(body="<!doctype html><title>x</title>", content_type="text/html")


def judged(page: Page, *asked: Any) -> list[dict[str, Any]]:
    """The verdicts on receipts (bytes) and papers (year, index, leaf)."""
    texts = [encode64(each) if isinstance(each, bytes) else each for each in asked]
    return list(page.evaluate(JUDGE, [WORDS, KEYS, texts]))


def receipts() -> list[bytes]:
    """Receipts at sizes of all kinds: a power of two, full tiles, partial ones, one entry."""
    chance = Random(7)
    sizes = sorted(LOG.notes)
    chosen = [sizes[0], sizes[-1], *chance.choices(sizes, k=COUNT - 2)]
    return [LOG.receipt(chance.randrange(size), size).text.encode() for size in chosen]


def bent(note: str, *, is_size: bool) -> str:
    """The checkpoint with another size, or with another signature."""
    if is_size:
        first, size, *rest = note.split("\n")
        return "\n".join([first, str(int(size) + 1), *rest])
    at = note.index("— ") + len(f"— {ORIGIN} ") + 20
    return note[:at] + ("A" if note[at] != "A" else "B") + note[at + 1 :]


def damaged(text: bytes, nth: int) -> bytes:
    """The receipt with one thing changed: entry, key, text, index, proof, size, signature."""
    head, _, note = text.decode().partition("\n\n")
    lines = head.split("\n")
    extra = json.loads(decode64(lines[1].removeprefix("extra ")))
    match nth % 8:
        case 0:
            extra["entry"] = extra["entry"].replace("窗口", "所长")
        case 1:
            key = extra["opened"]["facts"]["key"]
            extra["opened"]["facts"]["key"] = ("0" if key[0] != "0" else "1") + key[1:]
        case 2:
            extra["opened"]["facts"]["text"] = GROUP.replace("学费", "药费")
        case 3:
            lines[2] = f"index {int(lines[2].removeprefix('index ')) + 1}"
        case 4:
            lines = [*lines[:-1], encode64(b"\x05" * 32)] if len(lines) > 3 else [*lines, lines[0]]
        case 7:
            lines.append(encode64(b"\x05" * 32))
        case way:
            note = bent(note, is_size=way == 5)
    lines[1] = f"extra {encode64(canonical(extra).encode())}"
    return ("\n".join(lines) + f"\n\n{note}").encode()


def test_fifty_receipts_are_right(page: Page):
    found = judged(page, *receipts())

    assert [each["mark"] for each in found] == ["ok"] * COUNT, found
    assert all("另有1个见证人" in each["checks"][0]["said"] for each in found)
    assert {len(each["checks"]) for each in found} == {4}


def test_fifty_damaged_receipts_are_wrong_and_each_says_what_failed(page: Page):
    found = judged(page, *(damaged(text, i) for i, text in enumerate(receipts())))

    assert [each["mark"] for each in found] == ["bad"] * COUNT, found
    names = [
        "inclusion",
        "opened",
        "opened",
        "inclusion",
        "inclusion",
        "signature",
        "signature",
        "inclusion",
    ]
    told = [WORDS["checks"][name].partition("{")[0] for name in names]
    for i, each in enumerate(found):
        failed = [check["name"] for check in each["checks"] if check["mark"] == "bad"]
        assert failed and failed[0].startswith((told[i % 8], "回执的写法")), (i % 8, each)


def test_no_byte_of_a_receipt_can_change(page: Page):
    text = LOG.receipt(300, sorted(LOG.notes)[-1]).text.encode()
    chance = Random(3)
    places = chance.sample([i for i in range(len(text)) if text[i] != 10], 150)
    changed = [text[:i] + bytes([text[i] ^ 1]) + text[i + 1 :] for i in places]

    found = judged(page, *changed)

    # The witness's key may become one that nobody knows; then its signature is passed over.
    good = [
        (chr(text[i]), i) for i, each in zip(places, found, strict=True) if each["mark"] == "ok"
    ]
    witness = text.rindex("— witness".encode())
    assert [i for _, i in good if i < witness] == []


def test_papers_are_checked_from_the_tiles_alone(page: Page):
    leaf = {i: leaf_hash(LOG.entries[i].encode()).hex() for i in range(SIZE)}
    tried = (0, 1, 255, 256, 511, 600, 767, 768, 900, 998, 999)

    right = judged(page, *([2026, i, leaf[i]] for i in tried))
    wrong = judged(
        page,
        *([2026, i, leaf[i - 1]] for i in tried if i),
        [2026, SIZE, leaf[1]],
        [2025, 1, leaf[1]],
    )

    assert [each["mark"] for each in right] == ["ok"] * len(tried), right
    assert {each["mark"] for each in wrong} == {"bad"}
    assert "另一条" in wrong[0]["checks"][-1]["said"]


def test_a_log_that_was_rewritten_is_noticed(page: Page):
    old = sorted(LOG.notes)[3]
    forged = Log([entry(i + (i == 1)) for i in range(SIZE)], 1)
    page.unroute("http://localhost/**")
    page.route("http://localhost/**", lambda route: answer(route, forged))
    try:
        (receipt,) = judged(page, LOG.receipt(0, old).text.encode())
        memory = page.evaluate(MEMORY, [WORDS, KEYS, LOG.notes[old]])
        fork = page.evaluate(MEMORY, [WORDS, KEYS, LOG.notes[SIZE]])
    finally:
        page.unroute("http://localhost/**")
        page.route("http://localhost/**", lambda route: answer(route, LOG))

    assert receipt["mark"] == memory["mark"] == fork["mark"] == "bad"
    assert "被改写过" in receipt["checks"][-1]["said"]
    assert memory["keep"] == LOG.notes[old]
    assert memory["notes"] == [LOG.notes[old], forged.notes[SIZE]]


def test_a_signed_root_that_is_not_that_of_the_tiles_is_noticed(page: Page):
    old = sorted(LOG.notes)[3]
    kept = LOG.files["checkpoint"]
    lie = Checkpoint(ORIGIN, SIZE, b"\x09" * 32)
    LOG.files["checkpoint"] = sign_note(lie.text, SIGNER).encode()
    try:
        memory = page.evaluate(MEMORY, [WORDS, KEYS, LOG.notes[old]])
    finally:
        LOG.files["checkpoint"] = kept

    assert memory["mark"] == "bad"


def test_a_log_that_only_grew_is_remembered_anew(page: Page):
    for size in LOG.notes:
        found = page.evaluate(MEMORY, [WORDS, KEYS, LOG.notes[size]])
        assert (found["mark"], found["keep"]) == ("ok", LOG.notes[SIZE]), size
    first = page.evaluate(MEMORY, [WORDS, KEYS, None])
    assert first["keep"] == LOG.notes[SIZE]


def test_a_log_that_became_shorter_or_has_another_key_is_noticed(page: Page):
    longer = sign_note(Checkpoint(ORIGIN, SIZE + 1, b"\x09" * 32).text, SIGNER)
    shorter = page.evaluate(MEMORY, [WORDS, KEYS, longer])
    other = Ed25519Signer(ORIGIN, b"\x06" * 32).verifier.vkey
    changed = page.evaluate(MEMORY, [WORDS, [*KEYS, other], LOG.notes[SIZE].replace("— ", "— x")])

    assert (shorter["mark"], changed["mark"]) == ("bad", "bad")
    assert "截短" in shorter["said"]
    assert "公钥" in changed["said"]


def test_a_tile_that_contradicts_the_signed_root_proves_nothing(page: Page):
    path = "tile/0/001"
    kept = LOG.files[path]
    LOG.files[path] = kept[:64] + bytes([kept[64] ^ 1]) + kept[65:]
    try:
        (paper,) = judged(page, [2026, 256, leaf_hash(LOG.entries[256].encode()).hex()])
    finally:
        LOG.files[path] = kept

    assert paper["mark"] == "bad"
    assert "根" in paper["checks"][-1]["said"]
