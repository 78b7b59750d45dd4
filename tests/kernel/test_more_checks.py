"""C04 to C25 on the powers of the sample city: each is sound, and one word makes a finding."""
# ruff: noqa: E501

from dataclasses import replace
from datetime import date

import pytest
from tests.kernel.charts import CALENDAR, PACKS, SOUND

from guiju.formats.packs import read_one, read_power, read_rules
from guiju.kernel.checks import findings
from guiju.kernel.checks.c06_basis_holds import COERCIONS, PENALTIES
from guiju.kernel.checks.c20_code import is_credit_code
from guiju.kernel.controls.amount_ceiling import AmountCeiling
from guiju.kernel.controls.certified import Certified
from guiju.kernel.controls.collective import Collective
from guiju.kernel.controls.hearing_offered import HearingOffered
from guiju.kernel.controls.legality_review import LegalityReview
from guiju.kernel.controls.random_draw import RandomDraw
from guiju.kernel.controls.seal_register import SealRegister
from guiju.kernel.examples import failures
from guiju.kernel.fit import ChartError
from guiju.kernel.law import Category, LawLevel, Measure
from guiju.kernel.power import Basis, Field, FieldKind, Grade, Outcome, Power
from guiju.kernel.rules import Certainty, Rule, Unit

ON = date(2026, 9, 1)
CITY = PACKS / "changzhi"
RULES = read_rules(CITY, ON)
PENALTY, AID, DIBAO = "xingzheng-chufa-yiban-chengxu", "linshi-jiuzhu", "zuidi-shenghuo-baozhang"
PLAN, FOI, SEAL = "jianshe-gongcheng-guihua-xuke", "zhengfu-xinxi-gongkai", "cunji-yongyin"
DEVICE, SPENDING = "disanlei-yiliao-qixie-jingying-xuke", "cunji-baozhang"
CHARTS = {chart.id: chart for chart in read_one(CITY / "powers" / f"{DEVICE}.toml", ON).charts}
REASON = '{ kind = "reason_required", rule'


def text_of(name: str) -> str:
    return (CITY / "powers" / f"{name}.toml").read_text(encoding="utf-8")


def found(folder, name: str, old: str, new: str) -> set[str]:
    """The checks that find something once a word is changed; it must stand there once."""
    text = text_of(name)
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    path = folder / "power.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return {each.check for each in findings(read_power(path, RULES, CHARTS), ON, RULES)}


CHANGES = [
    ("C05", PENALTY, 'limit = "cf.file.days"', 'limit = { value = 99, unit = "自然日", source = "某" }'),
    ("C06", PENALTY, 'measures = ["警告", ', 'measures = ["查封", '),
    ("C08", PENALTY, 'rule = "cf.hearing.chair", steps = ["discover", "investigate", ', 'rule = "cf.hearing.chair", steps = ["discover", '),
    ("C08", AID, 'steps = ["decide", "refuse_decide", "county_decide", "urgent_decide"]', 'steps = ["decide"]'),
    ("C08", SEAL, 'rule = "yz.approver", steps = ["approve"]', 'rule = "yz.approver", steps = ["check"]'),
    ("C11", PENALTY, 'name = "立案"\nkind = "立案"', 'name = "立案"\nkind = "登记"'),
    ("C11", AID, 'name = "受理"\nkind = "受理"', 'name = "受理"\nkind = "登记"'),
    ("C12", PENALTY, 'name = "审核通过", to = "inform"', 'name = "审核通过", to = "reexamine"'),
    ("C12", PENALTY, 'name = "听证结束", to = "reexamine"', 'name = "听证结束", to = "decide"'),
    ("C12", AID, 'name = "已发放", to = "complete"', 'name = "已发放", to = "close"'),
    ("C12", DEVICE, 'name = "准予许可", to = "issue"', 'name = "准予许可", to = "close"'),
    ("C13", PLAN, 'rule = "ghf.licence.verify.persons", post = "planning_reviewer"', 'rule = "ghf.licence.verify.persons", post = "city_window"'),
    ("C13", PENALTY, '{ kind = "persons_min", rule = "cf.officers", post = "market_officer" },\n  { kind = "certified"', '{ kind = "certified"'),
    ("C14", SPENDING, 'post = "village_secretary" },\n  { kind', 'post = "village_committee" },\n  { kind'),
    ("C15", FOI, '{ kind = "evidence", rule = { source = "本市示范规定:检索', '# { kind = "evidence", rule = { source = "本市示范规定:检索'),
    ("C16", PLAN, 'name = "建设工程设计方案"', 'name = "使用土地的 有关证明文件"'),
    ("C16", DEVICE, 'name = "信息管理系统基本情况"', 'name = "要求的其他资料"'),
    ("C17", DEVICE, 'fee = "不收费"', 'fee = "200元"'),
    ("C17", FOI, 'fee_basis = "政府信息公开条例第四十二条"', 'fee_basis = "本市收费办法"'),
    ("C18", DIBAO, 'name = "受理", to = "dispatch", clock = "起算"', 'name = "受理", to = "dispatch"'),
    ("C19", AID, 'rule = "lsjz.publicity", outcomes = ["clear"]', 'rule = "lsjz.publicity", outcomes = ["objection"]'),
    ("C19", DIBAO, '{ kind = "publicity_days"', '# { kind = "publicity_days"'),
    ("C20", AID, 'code = "000511005000"', 'code = "000111005000"'),
    ("C20", AID, 'code = "000511005000"', 'code = "linshi"'),
    ("C20", AID, 'level = "乡镇"', 'level = "街道口"'),
    ("C22", FOI, 'name = "已补正", to = "check", clock = "重新起算"', 'name = "已补正", to = "check"'),
    ("C22", AID, 'name = "受理(支出型)", to = "survey", clock = "起算"', 'name = "受理(支出型)", to = "survey"'),
    ("C22", FOI, 'to = "provided", clock = "截止"', 'to = "provided"'),
    ("C24", FOI, 'op = "=", value = "其他机关"', 'op = "=", value = "第三方"'),
    ("C24", PENALTY, 'op = "=", value = "陈述、申辩和听证"', 'op = "!=", value = "陈述、申辩和听证"'),
    ("C24", SPENDING, 'field = "amount", op = ">", rule = "bz.tier.small" }, { field = "amount", op = "<=", rule = "bz.tier.large"', 'field = "amount", op = "<=", rule = "bz.tier.small" }, { field = "amount", op = ">", rule = "bz.tier.large"'),
]  # fmt: skip


@pytest.mark.parametrize("row", CHANGES, ids=[f"{r[0]}-{i}" for i, r in enumerate(CHANGES)])
def test_one_changed_word_of_a_sample_power_is_found(tmp_path, row):
    check, name, old, new = row

    assert check in found(tmp_path, name, old, new)


def basis(level: LawLevel, since: date | None = None, until: date | None = None) -> Basis:
    return Basis("某某规定", level, "第一条", "(大意)", since, until)


L, C, M = LawLevel, Category, Measure
ANY = set(L) - {L.DOCUMENT, L.AUTONOMY}
LEVELS = [
    (C.LICENCE, None, {L.LAW, L.REGULATION, L.DECISION, L.LOCAL_REGULATION}),
    (C.PENALTY, M.FINE, ANY - {L.DECISION}),
    (C.PENALTY, M.DETENTION, {L.LAW}),
    (C.PENALTY, M.REVOCATION_OF_BUSINESS_LICENCE, {L.LAW, L.REGULATION}),
    (C.PENALTY, M.CONFISCATION_OF_GAINS, {L.LAW, L.REGULATION, L.LOCAL_REGULATION}),
    (C.COERCION, M.SEALING, {L.LAW, L.REGULATION, L.LOCAL_REGULATION}),
    (C.COERCION, M.FREEZING, {L.LAW}),
    (C.COERCION, M.PERFORMANCE, {L.LAW}),
    (C.COERCION, M.OTHER_COERCION, {L.LAW, L.REGULATION}),
    (C.LEVY, None, ANY),
    (C.AWARD, None, ANY),
    (C.OTHER, None, ANY),
]


@pytest.mark.parametrize(("category", "measure", "levels"), LEVELS)
def test_the_matrix_of_levels_and_measures_is_that_of_the_law(category, measure, levels):
    measures = (measure,) if measure else ()
    power = replace(SOUND, category=category, measures=measures)
    may = {level for level in LawLevel if not c06(replace(power, bases=(basis(level),)))}

    assert may == levels


def test_every_measure_needs_a_basis_that_may_set_it_up():
    bases = (basis(L.LOCAL_REGULATION), basis(L.DEPARTMENT_RULE))
    power = replace(SOUND, category=C.PENALTY, bases=bases)

    assert c06(power) == ["没有写明可以作出哪些处罚"]
    assert c06(replace(power, measures=(M.FINE, M.SEALING))) == ["查封不是处罚的种类"]
    assert c06(replace(power, measures=(M.FINE, M.CLOSURE))) == []
    measures = (M.FINE, M.DETENTION, M.REVOCATION_OF_BUSINESS_LICENCE)
    assert c06(replace(power, measures=measures)) == [
        "行政拘留、吊销营业执照不能由地方性法规、部门规章设定"
    ]


def test_each_measure_is_of_one_category():
    assert sorted([*PENALTIES, *COERCIONS]) == sorted(Measure)


def c06(power: Power) -> list[str]:
    return [finding.message for finding in findings(power, ON, RULES) if finding.check == "C06"]


def test_self_government_carries_matters_of_the_village_alone():
    power = replace(SOUND, category=C.OTHER, level="村", bases=(basis(L.AUTONOMY),))

    assert "C06" not in {f.check for f in findings(power, ON)}


@pytest.mark.parametrize(
    ("since", "until", "is_fine"),
    [
        (date(2026, 1, 1), date(2026, 12, 31), True),
        (date(2026, 1, 1), date(2027, 1, 1), False),  # a year and a day
        (date(2026, 1, 1), None, False),
        (None, date(2026, 12, 31), False),
    ],
)
def test_a_licence_of_a_provincial_rule_ends_within_the_year(since, until, is_fine):
    power = replace(SOUND, bases=(basis(L.PROVINCIAL_RULE, since, until),))

    assert ("C06" not in {f.check for f in findings(power, ON, RULES)}) == is_fine


def test_without_the_rule_of_a_pack_the_span_of_a_temporary_licence_is_not_guessed():
    power = replace(SOUND, bases=(basis(L.PROVINCIAL_RULE, date(2026, 1, 1), date(2029, 1, 1)),))

    assert "C06" not in {f.check for f in findings(power, ON)}


def with_controls(*controls, fields: tuple[Field, ...] = ()) -> Power:
    """The sound power with more controls at its review."""
    steps = tuple(
        replace(s, controls=(*s.controls, *controls), fields=fields) if s.id == "review" else s
        for s in SOUND.steps
    )
    return replace(SOUND, steps=steps)


R, NUMBERLESS = (
    Rule("r", "r", "某", Certainty.SAMPLE, 100, Unit.FEN),
    Rule("r", "r", "某", Certainty.SAMPLE),
)
MEMBERS = Field("members", "应到", FieldKind.NUMBER)
MONEY = Field("money", "金额", FieldKind.MONEY)
POOL, SEED = Field("pool", "名单"), Field("seed", "种子")
FITTING = [
    ("collective", Collective(R, "reviewer", "members"), (MEMBERS,)),
    ("certified", Certified(R, "reviewer"), ()),
    ("random_draw", RandomDraw(R, "reviewer", "pool", "seed"), (POOL, SEED)),
    ("amount_ceiling", AmountCeiling(R, "money"), (MONEY,)),
    ("legality_review", LegalityReview(R, "visit", ("done",)), ()),
    ("hearing_offered", HearingOffered(R, "visit", ("done",)), ()),
    ("seal_register", SealRegister(R, "seed"), (SEED,)),
]
MISFITTING = [
    (Collective(R, "nobody", "members"), (MEMBERS,), "岗位“nobody”"),
    (Collective(R, "reviewer", "members", quorum=">2/0"), (MEMBERS,), "“>2/0”不是分数"),
    (Collective(R, "reviewer", "members", majority="three"), (MEMBERS,), "“three”不是分数"),
    (Collective(R, "reviewer", "members", principal="king"), (MEMBERS,), "岗位“king”"),
    (Collective(R, "reviewer", "money"), (MONEY,), "表单项“money”"),
    (Certified(R, "nobody"), (), "岗位“nobody”"),
    (Certified(R, ""), (), "岗位“”"),
    (RandomDraw(R, "reviewer", "pool", "seed"), (POOL,), "表单项“seed”"),
    (AmountCeiling(R, "money"), (), "表单项“money”"),
    (AmountCeiling(R, "money"), (replace(MONEY, is_required=False),), "表单项“money”"),
    (AmountCeiling(replace(R, unit=Unit.COPY), "money"), (MONEY,), "不以“分”为单位"),
    (LegalityReview(R, "nowhere", ("done",)), (), "没有环节“nowhere”"),
    (LegalityReview(R, "visit", ("passed",)), (), "没有出口“passed”"),
    (HearingOffered(R, "visit", ()), (), "没有出口"),
    (SealRegister(R, "number"), (SEED,), "表单项“number”"),
]


@pytest.mark.parametrize(("kind", "control", "fields"), FITTING, ids=[row[0] for row in FITTING])
def test_a_control_that_fits_its_chart_is_not_found(kind, control, fields):
    assert control.kind == kind
    assert findings(with_controls(control, fields=fields), ON) == ()


@pytest.mark.parametrize(("control", "fields", "said"), MISFITTING, ids=[r[2] + r[0].kind + str(i) for i, r in enumerate(MISFITTING)])  # fmt: skip
def test_a_control_that_points_nowhere_is_found(control, fields, said):
    messages = [f.message for f in findings(with_controls(control, fields=fields), ON)]

    assert len(messages) == 1
    assert said in messages[0]


def test_a_ceiling_without_a_number_means_nothing():
    with pytest.raises(ChartError, match="没有数"):
        findings(with_controls(AmountCeiling(NUMBERLESS, "money"), fields=(MONEY,)), ON)


def test_a_step_that_asks_for_an_opinion_is_complete_as_it_is_and_wins_no_days():
    asks = {"review": "inspector", "decide": "reviewer"}
    steps = tuple(replace(s, reviewer=asks.get(s.id, "")) for s in SOUND.steps)
    power = replace(SOUND, steps=steps)

    def promising(days: int) -> list[str]:
        promised = replace(SOUND.limits.promised, value=days)
        limits = replace(SOUND.limits, promised=promised)
        return [str(each) for each in findings(replace(power, limits=limits), ON)]

    assert [*failures(power, CALENDAR)] == []
    assert promising(6) == []  # review 4 and decide 2, each with its opinion
    assert promising(5) == [
        "[C05] 环节时限合计6工作日,超过承诺时限5个工作日(样例设定);例如:图纸审查 4 → 决定 2"
    ]


def test_that_an_opinion_is_anothers_does_not_guard_a_red_point():
    high = replace(SOUND.steps[5].risk, grade=Grade.HIGH)
    review = replace(SOUND.steps[5], risk=high, reviewer="inspector")
    steps = (*SOUND.steps[:5], review, *SOUND.steps[6:])

    assert [each.check for each in findings(replace(SOUND, steps=steps), ON)] == ["C04"]


def test_a_red_point_is_guarded_on_every_outcome():
    power = read_one(CITY / "powers" / f"{PLAN}.toml", ON)
    steps = tuple(
        replace(s, controls=tuple(replace(c, outcomes=("agree",)) for c in s.controls))
        if s.id == "panel"
        else s
        for s in power.steps
    )
    messages = [f.message for f in findings(replace(power, steps=steps), ON) if f.check == "C04"]

    assert messages == ["“集体会审”是红色风险点,出口“会审不同意”却没有强制执行的防控措施"]


def test_a_yellow_point_needs_a_measure_at_least(tmp_path):
    old = 'risk = { grade = "低", points = ["有线索不登记"], measures = ["投诉举报线索自动编号,不能删除"] }'
    new = 'risk = { grade = "低", points = ["有线索不登记"] }'

    assert found(tmp_path, PENALTY, old, new) == {"C04"}


def test_a_join_of_one_branch_is_no_join():
    steps = tuple(replace(s, join=("accept",)) if s.id == "visit" else s for s in SOUND.steps)
    steps = tuple(
        replace(s, outcomes=tuple(replace(o, to=("decide",)) for o in s.outcomes[:1]))
        if s.id == "visit"
        else s
        for s in steps
        if s.id != "recheck"
    )
    power = replace(SOUND, steps=steps, examples=())
    power = replace(
        power,
        steps=tuple(
            replace(
                s,
                controls=tuple(
                    replace(c, steps=("accept", "visit", "review")) if c.kind == "distinct" else c
                    for c in s.controls
                ),
            )
            for s in power.steps
        ),
    )

    assert [str(f) for f in findings(power, ON)] == ["[C18] “现场核查”写了汇合,却只等一个分支"]


def test_a_doubtful_silence_does_not_pass_for_a_branch():
    doubt = Rule("r", "r", "某市做法", Certainty.DOUBTFUL, 5, Unit.WORKING_DAY)
    silent = Outcome("silent", "超时默认", ("decide",), after=doubt)
    steps = tuple(
        replace(s, outcomes=(*s.outcomes, silent)) if s.id == "review" else s for s in SOUND.steps
    )

    told = [f.message for f in findings(replace(SOUND, steps=steps), ON) if f.check == "C18"]
    assert told == ["“图纸审查”超时默认的依据存疑(某市做法)"]


@pytest.mark.parametrize(
    ("code", "level", "is_fine"),
    [
        ("000117051000", "县", True),
        ("11440232MB2D06811W4000117051000", "县", True),
        ("11440232MB2D06811W4000117051000", "市", False),
        ("11440232MB2D06811W7000117051000", "市", True),
        ("11440232MB2D06811X4000117051000", "县", False),
        ("11440232MB2D06811W4000217051000", "县", False),
        ("00011705100", "县", False),
    ],
)
def test_a_code_is_the_basic_or_the_implementing_one_of_the_nation(code, level, is_fine):
    assert (findings(replace(SOUND, code=code, level=level), ON) == ()) == is_fine


@pytest.mark.parametrize(
    "code", ["11440232MB2D06811W", "12441500196720244T"]
)  # of published implementing lists
def test_real_credit_codes_check(code):
    assert is_credit_code(code)
    assert not is_credit_code(code[:-1] + ("0" if code[-1] != "0" else "1"))
