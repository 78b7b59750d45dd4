"""Every form that acts, filled in and ready to be sent twice; and one to race with itself.

    python tests/sendings.py      eight processes send each form at the same moment

The race has a database of its own, as in ``race.py``; it prints, for each form, how often
something happened and how many different answers there were.
"""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from multiprocessing import Barrier, Pool
from pathlib import Path
from typing import Any
from uuid import uuid4

import django

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guiju.site.settings")
    from tests.race import own_database

    own_database()
    django.setup()

from django.core.management import call_command
from django.db import connection
from django.test import Client
from tests.powers.test_drafts import EDITOR, begun, form_of, save
from tests.race import AT
from tests.walk import VILLAGE, Walk

from guiju.audit.finding import Finding, Group, Severity
from guiju.cases.models import Case
from guiju.formats.packs import read_pack
from guiju.organs.actions import load_organs
from guiju.organs.models import Division, Person
from guiju.oversight.issuing import issue_all
from guiju.oversight.leads import Register
from guiju.oversight.models import Card
from guiju.powers.actions import load_powers
from guiju.powers.models import Draft, Version
from guiju.powers.policies import publish_policies
from guiju.powers.queries import version_in_force
from guiju.record.models import Act
from guiju.site import clock, settings

SENDERS = 8
Form = dict[str, list[str]]


@dataclass(frozen=True)
class Sending:
    """A form as a browser sends it, and how often what it asks for has happened by now."""

    address: str
    form: dict[str, Any]
    count: Callable[[], int]
    person: str = ""

    def send(self, client: Client) -> tuple[int, str]:
        """Send it; what the browser is told."""
        answer = client.post(self.address, self.form)
        return answer.status_code, answer.headers.get("Location", "")

    def client(self) -> Client:
        """The browser of whoever sends it."""
        client = Client()
        if self.person:
            client.force_login(Person.objects.get(pk=self.person))
        return client


def key() -> str:
    return str(uuid4())


def acts(number: str) -> Callable[[], int]:
    return lambda: Act.objects.filter(subject=number).count()


def apply() -> Sending:
    form = {
        **{"key": key(), "outcome": "submit", "name": "郭志强", "phone": "13800000000"},
        "division": Division.objects.get(name=VILLAGE).code,
        **{"f-hardship": "子女上学", "f-story": "学费", "f-household": "3", "confirmed": "1"},
    }
    code = Version.objects.get(name="临时救助", retired_at=None).code
    return Sending(f"/apply/{code}/", form, Case.objects.count)


def act_of_applicant() -> Sending:
    walk = Walk.begin(AT)
    walk.act("hbz-window", "accept", "supplement", items=("录取通知书",))
    form = {"key": key(), "seq": "2", "step": "supplement", "outcome": "supplied", "phone": "0000"}
    return Sending(f"/cases/{walk.number}/", form, acts(walk.number))


def act_of_staff() -> Sending:
    walk = Walk.begin(AT)
    form = {"key": key(), "seq": "1", "step": "accept", "outcome": "accept"}
    return Sending(f"/staff/cases/{walk.number}/", form, acts(walk.number), "hbz-window")


def opened_by_staff() -> Sending:
    form = {
        **{"key": key(), "outcome": "report", "name": "某商行", "phone": "13800000000"},
        **{
            "division": "1404",
            "f-party": "某商行",
            "f-clue": "监督检查",
            "f-suspicion": "过期食品",
        },
    }
    code = Version.objects.get(category="处罚", retired_at=None).code
    return Sending(f"/staff/open/{code}/", form, Case.objects.count, "cz-sc-officer")


def draft_begun() -> Sending:
    base = version_in_force(Version.objects.get(name="临时救助", retired_at=None).code)
    assert base
    form = {"key": key(), "code": base.code}
    return Sending("/staff/drafts/", form, Draft.objects.count, EDITOR)


def draft_from_nothing() -> Sending:
    form = {"key": key(), "code": "x-1", "name": "新事项"}
    return Sending("/staff/drafts/", form, Draft.objects.count, EDITOR)


def on_draft(operation: str, *, stale: bool = False, part: str = "") -> Sending:
    """A form of a draft with something typed and this button; the count is that of changes."""
    draft = begun("临时救助")
    editor = Sending("", {}, Draft.objects.count, EDITOR).client()
    if operation == "undo":
        first = _posted(form_of(editor, draft)) | {"op": ["add steps.0"]}
        assert editor.post(f"/staff/drafts/{draft.pk}/", first).status_code == 302
    form = _posted(form_of(editor, draft)) | {"name": ["改过的名称"], "op": [operation]}
    if stale:
        draft.refresh_from_db()
        save(draft, "{}")
        return Sending(f"/staff/drafts/{draft.pk}/", form, Draft.objects.count, EDITOR)
    steps = len(Draft.objects.get(pk=draft.pk).text)

    def count() -> int:  # how much the text differs tells a second row, and a second undoing
        row = Draft.objects.get(pk=draft.pk)
        return row.revision * 1_000_000 + len(row.text) - steps

    return Sending(f"/staff/drafts/{draft.pk}/{part}", form, count, EDITOR)


def _posted(pairs: list[tuple[str, str]]) -> Form:
    table: Form = {}
    for name, value in pairs:
        table.setdefault(name, []).append(value)
    return table


def draft_discarded(*, back: bool = False) -> Sending:
    draft = begun("临时救助")
    if back:
        Draft.objects.filter(pk=draft.pk).update(discarded_at=AT)
    gone = Draft.objects.filter(pk=draft.pk, discarded_at__isnull=back)
    form = {"back": "1"} if back else {}
    return Sending(f"/staff/drafts/{draft.pk}/discard/", form, gone.count, EDITOR)


def on_lead(do: str, person: str) -> Sending:
    """A lead of a case that is long overdue; what happens is an act of oversight."""
    pack = read_pack(settings.PACKS / "changzhi", AT.date())
    publish_policies(pack.policies, by="tests", at=AT - timedelta(days=5))
    walk = Walk.begin(AT)
    walk.act("hbz-window", "accept", "accept")
    issue_all(AT + timedelta(days=60))
    lead = Card.objects.get(case=walk.number, is_lead=True)
    told = {"matter": "为什么超期", "verdict": "不成立", "reason": "停电三天", "grounds": "停电"}
    address, subject = f"/oversight/cards/{lead.pk}/", f"card:{walk.number}"
    return Sending(address, {"key": key(), "do": do, **told}, acts(subject), person)


def finding_judged() -> Sending:
    """A lead from a log, that a named person judges."""
    pack, id_ = read_pack(settings.PACKS / "changzhi", AT.date()), key().replace("-", "")[:16]
    told = ("", "A-1", "", (1,), AT.date(), "words", "rule", "counter")
    finding = Finding(id_, "H2", Group.WITHOUT_POWER, Severity.RED, *told)
    Register(pack, AT).all([(finding, tuple)], lambda _: None)
    form = {"key": key(), "verdict": "不成立", "reason": "停电三天"}
    return Sending(f"/oversight/leads/{id_}/", form, acts(f"lead:{id_}"), "cz-jw-duty")


def day_passed() -> Sending:
    form = {"days": "7", "ahead": str(clock.days_ahead()), "next": "/powers/"}
    return Sending("/demo/advance/", form, clock.days_ahead)


SENDINGS: dict[str, tuple[str, Callable[[], Sending]]] = {
    "apply": ("apply/<slug:code>/", apply),
    "act of the applicant": ("cases/<str:number>/", act_of_applicant),
    "act of staff": ("staff/cases/<str:number>/", act_of_staff),
    "opened by staff": ("staff/open/<slug:code>/", opened_by_staff),
    "draft begun": ("staff/drafts/", draft_begun),
    "draft from nothing": ("staff/drafts/", draft_from_nothing),
    "draft saved": ("staff/drafts/<int:pk>/", lambda: on_draft("save")),
    "row added": ("staff/drafts/<int:pk>/", lambda: on_draft("add steps.0")),
    "row removed": ("staff/drafts/<int:pk>/", lambda: on_draft("remove steps.3")),
    "row taken back": ("staff/drafts/<int:pk>/", lambda: on_draft("undo")),
    "draft branched": ("staff/drafts/<int:pk>/", lambda: on_draft("branch", stale=True)),
    "draft previewed": (
        "staff/drafts/<int:pk>/preview/",
        lambda: on_draft("save", part="preview/"),
    ),
    "draft discarded": ("staff/drafts/<int:pk>/discard/", draft_discarded),
    "draft taken up": ("staff/drafts/<int:pk>/discard/", lambda: draft_discarded(back=True)),
    "supervision opened": (
        "oversight/cards/<int:pk>/",
        lambda: on_lead("supervise", "cz-jc-officer"),
    ),
    "appeal filed": ("oversight/cards/<int:pk>/", lambda: on_lead("appeal", "hbz-supervisor")),
    "finding judged": ("oversight/leads/<slug:pk>/", finding_judged),
    "lead judged": ("oversight/cards/<int:pk>/", lambda: on_lead("judge", "cz-jw-duty")),
    "day passed": ("demo/advance/", day_passed),
}  # words → the address as the site knows it, and the form


barrier = Barrier(SENDERS)
Job = tuple[str, dict[str, Any], str]


def send(job: Job) -> tuple[int, str]:
    """Wait for the others, then send."""
    address, form, person = job
    sending = Sending(address, form, int, person)
    client = sending.client()
    barrier.wait(30)
    return sending.send(client)


def main() -> None:
    """Prepare, race, count: once is as much as one sending alone brings about."""
    clock.now = lambda: AT + timedelta(hours=1)
    call_command("migrate", verbosity=0)
    pack = read_pack(settings.PACKS / "changzhi", date(2026, 9, 1))
    load_organs(pack)
    load_powers(pack=pack, by="race", at=AT)
    connection.close()
    with Pool(SENDERS) as pool:
        for words, (_, make) in SENDINGS.items():
            alone = make()
            before = alone.count()
            alone.send(alone.client())
            once = alone.count() - before
            raced = make()
            before = raced.count()
            job = raced.address, raced.form, raced.person
            answers = set(pool.map(send, [job] * SENDERS, chunksize=1))
            is_once = once != 0 and raced.count() - before == once
            print(words, "once" if is_once else "NOT ONCE", len(answers), sep=", ")


if __name__ == "__main__":
    main()
