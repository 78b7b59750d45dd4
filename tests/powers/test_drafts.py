"""Drafts: no typed word is lost, whether it fits, comes too late, or comes twice."""

import json
from collections.abc import Iterator
from datetime import datetime
from html.parser import HTMLParser
from uuid import uuid4

import pytest
from django.test import Client
from tests.conftest import CITY_TIME

from guiju.formats.reader import read
from guiju.kernel.power import Power
from guiju.organs.models import Person
from guiju.powers import drafting
from guiju.powers.assessment import Surroundings, anchor, assess
from guiju.powers.draft_form import LIMITS, RAW
from guiju.powers.draft_rows import NoSuchRow, operated
from guiju.powers.drafting import NotAnEditor, StaleDraft, UnfitCode, Words
from guiju.powers.models import Draft, Version
from guiju.powers.queries import calendar
from guiju.record.writer import canonical
from guiju.site import middleware

pytestmark = pytest.mark.django_db
AT = datetime(2026, 9, 7, 9, tzinfo=CITY_TIME)
EDITOR, OTHER, STRANGER = "cz-bb-editor", "cz-bb-editor-2", "hbz-window"
Pairs = list[tuple[str, str]]


@pytest.fixture(autouse=True)
def _moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware.site_clock, "now", lambda: AT)


@pytest.fixture
def draft() -> Draft:
    return begun("临时救助")


@pytest.fixture
def editor(client: Client) -> Client:
    client.force_login(Person.objects.get(pk=EDITOR))
    return client


def begun(name: str) -> Draft:
    base = Version.objects.get(name=name, retired_at=None)
    return drafting.start_draft(code=base.code, title=name, base=base, by=EDITOR, at=AT)


def save(draft: Draft, text: str, **changes: object) -> Draft:
    parts = {"title": draft.title, "revision": draft.revision, **changes}
    by = str(parts.pop("by", EDITOR))
    words = Words(text, **parts)  # type: ignore[arg-type]
    return drafting.save_draft(draft=draft.pk, words=words, by=by, at=AT)


class Form(HTMLParser):
    """What a browser would post of the form with the id ``draft``, untouched."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.pairs: Pairs = []
        self.is_inside = False
        self.select: str | None = None
        self.chosen: list[str] = []
        self.area: str | None = None
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        if tag == "form":
            self.is_inside = given.get("id") == "draft"
        if not self.is_inside:
            return
        if tag == "input" and ("checked" in given or given.get("type") != "checkbox"):
            self.pairs.append((given["name"], given.get("value", "")))
        elif tag == "select":
            self.select, self.chosen = given["name"], []
        elif tag == "option" and self.select and ("selected" in given or not self.chosen):
            self.chosen = [given["value"]]
        elif tag == "textarea":
            self.area, self.text = given["name"], ""

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self.select:
            self.pairs.append((self.select, self.chosen[0]))
            self.select = None
        elif tag == "textarea" and self.area:
            self.pairs.append((self.area, self.text.removeprefix("\n").replace("\n", "\r\n")))
            self.area = None
        elif tag == "form":
            self.is_inside = False


def form_of(client: Client, draft: Draft) -> Pairs:
    answer = client.get(f"/staff/drafts/{draft.pk}/")
    assert answer.status_code == 200
    return Form(answer.content.decode()).pairs


def posted(pairs: Pairs, **changes: str) -> dict[str, list[str]]:
    """The form with other words in some inputs; ``__`` in a name stands for a hyphen."""
    table: dict[str, list[str]] = {}
    for name, value in pairs:
        table.setdefault(name, []).append(value)
    for name, value in changes.items():
        table[name.replace("__", "-")] = [value]
    return table


def preview(client: Client, draft: Draft, pairs: Pairs, **changes: str):
    return client.post(f"/staff/drafts/{draft.pk}/preview/", posted(pairs, **changes))


def data_of(draft: Draft) -> dict:
    return json.loads(Draft.objects.get(pk=draft.pk).text)


def row(pairs: Pairs, id_: str, within: str = "s") -> str:
    """The prefix of the row with that id."""
    return next(
        name.removesuffix("-id").replace("-", "__")
        for name, value in pairs
        if value == id_ and name.startswith(within) and name.endswith("-id")
    )


def powers() -> Iterator[Version]:
    yield from Version.objects.filter(retired_at=None)


def test_every_power_comes_through_the_form_as_it_was(editor: Client):
    versions = list(powers())
    assert len(versions) == 10
    for version in versions:
        draft = begun(version.name)
        pairs = form_of(editor, draft)
        assert editor.post(f"/staff/drafts/{draft.pk}/", posted(pairs)).status_code == 302
        assert canonical(data_of(draft)) == version.text, version.name
        assert read(Power, data_of(draft)) == read(Power, json.loads(version.text))


def test_what_was_not_changed_is_no_new_revision(editor: Client, draft: Draft):
    preview(editor, draft, form_of(editor, draft))

    assert Draft.objects.get(pk=draft.pk).revision == 1


def test_only_list_editors_begin_and_save_and_look(client: Client, draft: Draft):
    with pytest.raises(NotAnEditor):
        save(draft, "{}", by=STRANGER)
    with pytest.raises(NotAnEditor):
        drafting.start_draft(code="x", by=STRANGER, at=AT)
    with pytest.raises(NotAnEditor):
        drafting.discard_draft(draft=draft.pk, by=STRANGER, at=AT)
    assert client.get("/staff/drafts/").status_code == 302
    client.force_login(Person.objects.get(pk=STRANGER))
    for address in ("", f"{draft.pk}/", f"{draft.pk}/chart.svg"):
        assert client.get(f"/staff/drafts/{address}").status_code == 403
    for address in ("preview/", "discard/", ""):
        assert client.post(f"/staff/drafts/{draft.pk}/{address}").status_code == 403
    assert Draft.objects.get(pk=draft.pk).text == draft.base.text
    assert "起草职权清单" not in client.get("/staff/").content.decode()


def test_a_post_that_has_ended_edits_no_more(draft: Draft):
    Person.objects.get(pk=EDITOR).assignment_set.update(valid_to=AT.date().replace(day=1))

    with pytest.raises(NotAnEditor):
        save(draft, "{}")


def test_a_stale_save_is_refused_and_both_texts_stay(draft: Draft):
    save(draft, '{"a":1}')

    with pytest.raises(StaleDraft) as refused:
        save(draft, '{"b":2}', by=OTHER)

    assert (refused.value.draft.text, refused.value.words.text) == ('{"a":1}', '{"b":2}')
    kept = drafting.branch_draft(draft=draft.pk, words=refused.value.words, by=OTHER, at=AT)
    assert (kept.text, kept.code, kept.author) == ('{"b":2}', draft.code, OTHER)
    assert Draft.objects.get(pk=draft.pk).text == '{"a":1}'


def test_a_page_whose_answer_was_lost_may_send_again_but_not_out_of_order(draft: Draft):
    save(draft, '{"a":1}', page="one", count=1)
    save(draft, '{"a":3}', page="one", count=3)
    save(draft, '{"a":2}', page="one", count=2)

    assert Draft.objects.get(pk=draft.pk).text == '{"a":3}'
    with pytest.raises(StaleDraft):
        save(draft, '{"a":4}', page="two", count=4)


def test_the_stale_page_shows_the_words_and_keeps_them_as_another_draft(
    editor: Client, draft: Draft
):
    pairs = form_of(editor, draft)
    save(draft, canonical(data_of(draft) | {"name": "别人的名称"}), by=OTHER)

    answer = preview(editor, draft, pairs, name="我的名称")
    assert answer.status_code == 409
    assert "录虚拟在" in answer.content.decode()
    answer = editor.post(f"/staff/drafts/{draft.pk}/", posted(pairs, name="我的名称"))
    assert answer.status_code == 409
    assert ("name", "我的名称") in Form(answer.content.decode()).pairs
    again = Form(answer.content.decode()).pairs
    editor.post(f"/staff/drafts/{draft.pk}/", posted(again, op="branch"))

    assert data_of(draft)["name"] == "别人的名称"
    assert data_of(Draft.objects.latest("pk"))["name"] == "我的名称"


def test_broken_words_are_kept_and_told_with_their_place(editor: Client, draft: Draft):
    pairs = form_of(editor, draft)
    step = row(pairs, "survey")
    broken = {f"{step}__limit__value": "三天", f"{step}__rest": "{fields: 坏", "rest": "没写完"}

    page = preview(editor, draft, pairs, **broken).content.decode()

    assert "“其他内容”读不懂" in page
    found = Form(editor.get(f"/staff/drafts/{draft.pk}/").content.decode()).pairs
    for name, value in broken.items():
        assert (name.replace("__", "-"), value) in found
    broken = {f"{step}__limit__value": "三天"}
    page = preview(editor, draft, pairs, count="9", **broken).content.decode()
    assert f'href="#{step}-limit-value"' in page
    assert "应为整数" in page


@pytest.mark.parametrize("rest", ["[1]", '{"name": "重名"}', '{"limits": 5}', '{"其他内容": 1}'])
def test_a_rest_that_would_overwrite_the_table_is_kept_as_typed(
    editor: Client, draft: Draft, rest: str
):
    preview(editor, draft, form_of(editor, draft), rest=rest)

    assert data_of(draft)[RAW] == rest
    assert data_of(draft)["name"] == "临时救助"


def test_a_deadlock_is_told_with_a_path_and_goes_when_mended(editor: Client, draft: Draft):
    pairs = form_of(editor, draft)
    step = row(pairs, "pay")

    page = preview(editor, draft, pairs, **{f"{step}__o0__to": "opinion"}).content.decode()

    assert "再也走不到终点" not in page  # it can still be refused
    page = preview(editor, draft, pairs, count="2", **{f"{step}__o0__to": "pay"}).content.decode()
    assert "再也走不到终点" in page
    assert "例如:提出申请(提交) →" in page
    assert f'href="#{step}-name"' in page
    assert "“发放救助金”的出口“已发放”去向由“办结”改为“发放救助金”" in page.replace(
        "的出口", "的出口"
    )
    page = preview(editor, draft, pairs, count="3").content.decode()
    assert "没有问题" in page


def test_another_id_takes_along_all_that_names_it(editor: Client, draft: Draft):
    pairs = form_of(editor, draft)
    changes = {f"{row(pairs, 'survey')}__id": "visit", f"{row(pairs, 'granted', 'e')}__id": "paid"}

    page = preview(editor, draft, pairs, **changes).content.decode()

    assert "没有问题" in page  # the examples follow too
    assert '"survey"' not in json.dumps(data_of(draft)["examples"])
    # the page still has the old ids, and sends them once more
    assert "没有问题" in preview(editor, draft, pairs, count="2", **changes).content.decode()


def test_a_control_of_another_kind_forgets_nothing(editor: Client, draft: Draft):
    pairs = form_of(editor, draft)
    control = f"{row(pairs, 'pay')}__c1"

    page = preview(editor, draft, pairs, **{f"{control}__kind": "reason_required"})
    assert "不要求上传任何凭证" in page.content.decode()
    assert preview(editor, draft, pairs, count="2").status_code == 200
    assert canonical(data_of(draft)) == draft.base.text


def test_rows_are_added_moved_removed_and_taken_back(editor: Client, draft: Draft):
    names = [step["name"] for step in data_of(draft)["steps"]]
    address = f"/staff/drafts/{draft.pk}/"

    editor.post(address, posted(form_of(editor, draft), op="down steps.0"))
    assert [step["name"] for step in data_of(draft)["steps"]][:2] == [names[1], names[0]]
    answer = editor.post(address, posted(form_of(editor, draft), op="add steps.1.outcomes.0"))
    assert answer.headers["Location"].endswith("?at=s1-o1-name#s1-o1-name")
    editor.post(address, posted(form_of(editor, draft), op="remove steps.3"))
    assert len(data_of(draft)["steps"]) == len(names) - 1
    editor.post(address, posted(form_of(editor, draft), op="undo"))
    assert len(data_of(draft)["steps"]) == len(names)


def test_words_typed_with_a_row_button_are_saved_first(editor: Client, draft: Draft):
    pairs = form_of(editor, draft)

    editor.post(f"/staff/drafts/{draft.pk}/", posted(pairs, name="新名称", op="add steps.0"))
    answer = editor.post(
        f"/staff/drafts/{draft.pk}/",
        posted(form_of(editor, draft), name="更新的名称", op="add guide.0"),
    )

    assert answer.status_code == 400
    assert data_of(draft)["name"] == "更新的名称"
    assert len(data_of(draft)["steps"]) == len(json.loads(draft.base.text)["steps"]) + 1


@pytest.mark.parametrize(
    "path", ["steps.x", "steps", "code.0", "steps.99.outcomes.0", "guide.a.b"]
)
def test_an_operation_on_no_row_is_named(draft: Draft, path: str):
    with pytest.raises(NoSuchRow):
        operated(json.loads(draft.text), f"remove {path}")


def test_a_new_row_gets_an_id_that_is_free(draft: Draft):
    data = json.loads(draft.text)
    for _ in range(3):
        data, _ = operated(data, "add steps.2")

    ids = [step["id"] for step in data["steps"]]
    assert len(set(ids)) == len(ids)


def test_a_skeleton_is_told_what_it_lacks_until_nothing_is_lacking(editor: Client):
    answer = editor.post(
        "/staff/drafts/", {"key": str(uuid4()), "code": "001099999000", "name": "新事项"}
    )
    draft = Draft.objects.latest("pk")
    assert answer.headers["Location"] == f"/staff/drafts/{draft.pk}/"
    assert draft.base is None

    pairs = form_of(editor, draft)
    page = preview(editor, draft, pairs).content.decode()
    assert [page.count(f'href="#limits-{key}-value"') for key in LIMITS] == [1, 1, 1]
    words = {"source": "示范", "level": "县", "s0__o0__to": "done", "s0__o0__clock": "起算"}
    for key in LIMITS:
        words |= {f"limits__{key}__value": "5", f"limits__{key}__unit": "工作日"}
        words |= {f"limits__{key}__source": "示范"}
    page = preview(editor, draft, pairs, count="2", **words).content.decode()
    assert "没有现行有效的依据" in page
    basis = {"law": "示范", "level": "法律", "article": "第一条", "quote": "示范"}
    words |= {f"b0__{key}": value for key, value in basis.items()}
    words["guide__fee"] = "不收费"
    page = preview(editor, draft, pairs, count="3", **words).content.decode()
    assert "没有问题" in page


def test_a_code_that_is_no_address_is_refused_with_its_words(editor: Client):
    answer = editor.post(
        "/staff/drafts/", {"key": str(uuid4()), "code": "甲/乙", "name": "新事项"}
    )

    assert answer.status_code == 422
    assert "甲/乙" in answer.content.decode()
    assert "新事项" in answer.content.decode()
    with pytest.raises(UnfitCode):
        drafting.start_draft(code="", by=EDITOR, at=AT)


def test_a_post_that_no_organ_has_is_told(draft: Draft):
    data = json.loads(draft.text)
    held = Surroundings(AT.date(), calendar(), None, frozenset())

    told = [each.message for each in assess(data, held).problems]

    assert any("没有机关设有岗位“town_window”" in each for each in told)


def test_a_number_that_was_changed_is_no_longer_the_text_of_the_law(editor: Client):
    draft = begun("最低生活保障审核确认")
    data = data_of(draft)
    at = next(
        i for i, s in enumerate(data["steps"]) if s.get("limit", {}).get("certainty") == "法条原文"
    )
    pairs, value = form_of(editor, draft), data["steps"][at]["limit"]["value"]
    changes = {f"s{at}__limit__value": str(value - 1)}

    page = preview(editor, draft, pairs, **changes).content.decode()
    assert "却还标着“法条原文”" in page
    changes[f"s{at}__limit__certainty"] = "样例设定"
    page = preview(editor, draft, pairs, count="2", **changes).content.decode()
    assert "却还标着" not in page


def test_a_number_without_a_unit_and_a_limit_without_days_are_told(draft: Draft):
    data = json.loads(draft.text)
    held = Surroundings(AT.date(), calendar(), None, frozenset())
    del data["steps"][1]["limit"]["unit"]
    del data["limits"]["promised"]["value"]

    told = {each.anchor for each in assess(data, held).problems}

    assert told == {"s1-limit-value", "limits-promised-value"}


@pytest.mark.parametrize(
    ("where", "id_"),
    [
        ("steps[2].outcomes[0].to", "s2-o0-to"),
        ("steps[2].outcomes[1].stop.value", "s2-o1-rest"),
        ("steps[2].limit.value", "s2-limit-value"),
        ("steps[0].controls[1].rule.source", "s0-c1-rule-value"),
        ("steps[0].controls[1].steps[2]", "s0-c1-steps"),
        ("steps[0].fields[0].kind", "s0-f0-kind"),
        ("steps[0].fields[0].is_public", "s0-f0-name"),
        ("materials[1].basis", "m1-basis"),
        ("bases[0].valid_from", "b0-valid_from"),
        ("steps[0].outcomes", "s0-name"),
        ("steps[4].risk.points", "s4-risk-grade"),
        ("limits.promised.source", "limits-promised-value"),
        ("limits.others[0].id", "rest"),
        ("posts[1].id", "p1-id"),
        ("guide.who[1]", "guide-who"),
        ("guide", "guide-summary"),
        ("charts[0].steps[1].id", "rest"),
        ("category", "category"),
        ("steps", "s0"),
    ],
)
def test_a_path_leads_to_an_input(where: str, id_: str):
    assert anchor(where) == id_


def test_a_draft_set_aside_keeps_its_text_and_comes_back(editor: Client, draft: Draft):
    editor.post(f"/staff/drafts/{draft.pk}/discard/")
    assert Draft.objects.get(pk=draft.pk).discarded_at == AT
    assert "已经弃用" in editor.get(f"/staff/drafts/{draft.pk}/").content.decode()
    editor.post(f"/staff/drafts/{draft.pk}/discard/", {"back": "1"})

    kept = Draft.objects.get(pk=draft.pk)
    assert (kept.discarded_at, kept.text) == (None, draft.text)


def test_the_wide_chart_is_a_file_once_it_can_be_drawn(editor: Client, draft: Draft):
    assert editor.get(f"/staff/drafts/{draft.pk}/chart.svg").content.startswith(b"<svg")
    save(draft, canonical(data_of(draft) | {"ends": []}))

    assert editor.get(f"/staff/drafts/{draft.pk}/chart.svg").status_code == 404


def test_nothing_is_published_by_a_draft(editor: Client, draft: Draft):
    preview(editor, draft, form_of(editor, draft), name="别的名称")

    assert Version.objects.count() == 10


def test_what_the_table_has_no_input_for_comes_through_as_it_was(editor: Client, draft: Draft):
    data = data_of(draft)
    rule = {"id": "x", "name": "x", "source": "示范", "certainty": "存疑", "quote": "原\n文"}
    outcome = data["steps"][3]["outcomes"][0]
    outcome |= {"post": "town_finance", "after": rule, "stop": rule, "aside": True}
    outcome |= {"when": [{"field": "finding", "op": "in", "values": ["甲", "乙"]}]}
    outcome |= {"tell": "一行\n又一行", "choose": True, "cancels": True}
    data["steps"][3] |= {"reviewer": "town_reviewer", "may_hand_over": True, "note": '引"号<b>'}
    data["steps"][3] |= {"several": {"posts": ["town_finance"], "need": 1}, "call": "sub"}
    chart = {"id": "sub", "name": "子流程", "steps": data["steps"][:2], "ends": data["ends"]}
    data |= {"charts": [chart], "anytime": [{"outcome": outcome, "during": ["survey"]}]}
    data["limits"]["others"] = [rule]
    save(draft, canonical(data))

    pairs = form_of(editor, draft)
    assert editor.post(f"/staff/drafts/{draft.pk}/", posted(pairs)).status_code == 302

    assert data_of(draft) == data
