"""A power 职权: the one object that is proven, run, drawn, recorded and published.

A power is written once, as a text file of a pack, and read into these values by
``guiju.formats.packs``. Nothing here decides anything; the rules over a power live in
``net`` (what can follow what), ``controls`` (what an act needs), ``checks`` (what must hold
before publication), ``terms`` (how long) and ``draw``.

The chart 流程图 is a list of steps that reads top to bottom like the poster on the wall:
every step 环节 names its outcomes, every outcome names the steps that follow.

- One following step is a sequence, several are parallel branches, or, with ``choose``, those
  of them that apply. A step with ``join`` waits for a token from each of the steps it lists.
- An outcome that ``cancels`` takes back what else is open: before a step, all that this step
  had led to (退回), before an end, everything (撤回, 终止).
- An outcome ``after`` so many days is what the law says of silence; nobody chooses it.
- An outcome may belong to another post than its step, and may ask that form fields have
  certain values.
- ``several`` posts sign one step together (会签): all, one, or so many of them.
- ``call`` stands for a chart that several powers use; ``anytime`` outcomes stand at many
  steps. ``unfold`` writes both out, so that what is proven and run has steps only.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from guiju.kernel.acts import Person
from guiju.kernel.controls import Control
from guiju.kernel.law import Category, LawLevel, Measure
from guiju.kernel.rules import Rule

APPLICANT = "applicant"  # the post that stands for whoever applies; nobody is appointed to it
LAW = "law"  # the post of outcomes that come by silence; nobody is appointed to it either


class StepKind(StrEnum):
    """What is done at a step; checks ask for kinds, never for names."""

    APPLY = "申请"
    REGISTER = "登记"
    ACCEPT = "受理"
    SUPPLEMENT = "补正"
    FILE = "立案"
    INVESTIGATE = "调查"
    CONSULT = "征求意见"
    EXPERT = "专家评审"
    REVIEW = "审查"
    LEGAL_REVIEW = "法制审核"
    INFORM = "告知"
    HEARING = "听证"
    MEETING = "集体讨论"
    PUBLICITY = "公示"
    DECIDE = "决定"
    PAY = "支付"
    EXECUTE = "执行"
    DELIVER = "送达"
    SEAL = "用印"
    CLOSE = "办结"


class ClockEffect(StrEnum):
    """What an outcome does to the statutory clock 时限."""

    START = "起算"
    ARRIVED = "自收到起算"  # counted from the day the case came to the step
    RESTART = "重新起算"
    STOP = "停止"
    RESUME = "恢复"
    EXTEND = "延长"
    END = "截止"


class Grade(StrEnum):
    """The grade of a risk, shown as red, orange and yellow."""

    HIGH = "高"
    MIDDLE = "中"
    LOW = "低"


class FieldKind(StrEnum):
    """The type of a form field; money is kept in fen 分."""

    TEXT = "文本"
    NUMBER = "数字"
    MONEY = "金额"
    DATE = "日期"
    CHOICE = "选项"
    CHOICES = "多选"  # some of the choices, with 、 between


class Operator(StrEnum):
    """How a condition compares; less and more are for numbers and money only."""

    IS = "="
    IS_NOT = "!="
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="
    ONE_OF = "in"


@dataclass(frozen=True, slots=True)
class Field:
    """A form field 表单项 that a step asks for."""

    id: str
    name: str
    kind: FieldKind = FieldKind.TEXT
    choices: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()  # asked for these outcomes only; empty: for all
    is_required: bool = True
    is_public: bool = False  # may be shown on public pages


@dataclass(frozen=True, slots=True)
class Condition:
    """What a form field must say before an outcome may be chosen: field, operator, value."""

    field: str
    op: Operator
    value: str = ""  # as the field holds it: money in fen
    values: tuple[str, ...] = ()  # for ``in``
    rule: Rule | None = None  # its number in the place of a value, where the law sets it


@dataclass(frozen=True, slots=True)
class Outcome:
    """A result of a step and what follows from it."""

    id: str
    name: str
    to: tuple[str, ...]  # ids of steps, or of exactly one end; empty: the case stays
    clock: ClockEffect | None = None
    stop: Rule | None = None  # why the clock may stop; its number, if any, caps the days
    stop_days: str = ""  # the field that holds the days applied for, told to the applicant
    extend: Rule | None = None  # by how much, and why, the clock is extended
    post: str = ""  # who may choose it; empty: the step's own post
    after: Rule | None = None  # comes by itself after so much silence
    when: tuple[Condition, ...] = ()  # all must hold
    choose: bool = False  # of ``to``, only the steps that apply
    cancels: bool = False  # takes back what else is open
    assigns: bool = False  # hands the step over to a named person 转办
    aside: bool = False  # beside the step's own work: asks only for what names it
    tell: str = ""  # what the applicant is told; empty: a sentence made from the names


@dataclass(frozen=True, slots=True)
class Risk:
    """An integrity risk point 廉政风险点 of a step."""

    grade: Grade
    points: tuple[str, ...]
    measures: tuple[str, ...] = ()  # measures in words; the enforced ones are the controls
    responsible: str = ""  # a post; empty: the step's own


@dataclass(frozen=True, slots=True)
class Several:
    """Who signs a step together 会签, each once, with one of at most two outcomes.

    The step closes with its first outcome once ``need`` of them chose it, with the second
    once that is out of reach.
    """

    posts: tuple[str, ...]
    field: str = ""  # the field whose choices name some of the posts at run time; empty: all
    need: int = 0  # 0: all of them


@dataclass(frozen=True, slots=True)
class Step:
    """A step 环节 of a chart."""

    id: str
    name: str
    kind: StepKind
    post: str
    outcomes: tuple[Outcome, ...]
    join: tuple[str, ...] = ()
    limit: Rule | None = None
    documents: tuple[str, ...] = ()
    note: str = ""
    fields: tuple[Field, ...] = ()
    controls: tuple[Control, ...] = ()
    risk: Risk | None = None
    several: Several | None = None
    reviewer: str = ""  # the post that may be asked for an opinion first 加签
    may_hand_over: bool = False  # to another holder of the post 转办
    call: str = ""  # the chart that stands here; the outcomes are named after its ends


def posts_of(step: Step) -> tuple[str, ...]:
    """The posts that have to do with a step, its own first."""
    others = (outcome.post for outcome in step.outcomes if outcome.post)
    signers = step.several.posts if step.several else ()
    return tuple(dict.fromkeys((step.post, *signers, *others)))


@dataclass(frozen=True, slots=True)
class Anytime:
    """An outcome that stands at many steps, such as a withdrawal 撤回."""

    outcome: Outcome
    during: tuple[str, ...] = ()  # at these steps; empty: at every step but the first
    fields: tuple[Field, ...] = ()
    controls: tuple[Control, ...] = ()


@dataclass(frozen=True, slots=True)
class End:
    """A way in which a case can end; a refusing end owes the applicant reasons."""

    id: str
    name: str
    is_refusal: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart 子流程 that several powers use; a calling step goes on from its ends."""

    id: str
    name: str
    steps: tuple[Step, ...]
    ends: tuple[End, ...]


@dataclass(frozen=True, slots=True)
class Post:
    """A post 岗位 as a chart names it; the order of posts is the official order of lanes."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Basis:
    """A legal basis 设定依据, quoted."""

    law: str
    level: LawLevel
    article: str
    quote: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Material:
    """Something that the applicant must bring."""

    name: str
    basis: str
    copies: str = "1份"
    note: str = ""
    may_follow: bool = False  # may be brought later, on a written promise 容缺


@dataclass(frozen=True, slots=True)
class Limits:
    """The two limits of the whole power, and others that the guide must tell."""

    statutory: Rule
    promised: Rule
    reminder: Rule  # so many days ahead the light turns yellow
    others: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Guide:
    """What a person needs to know before applying."""

    summary: str
    who: tuple[str, ...]
    place: str
    hours: str
    phone: str
    fee: str
    fee_basis: str
    complaint: str
    remedies: str
    words: tuple[str, ...] = ()  # everyday phrases that should lead here
    result: str = ""


@dataclass(frozen=True, slots=True)
class ExampleAct:
    """One act of an example: what a person does, on which day."""

    on: date
    step: str
    outcome: str
    by: str
    present: tuple[Person, ...] = ()
    evidence: tuple[str, ...] = ()
    reason: str = ""
    items: tuple[str, ...] = ()
    facts: dict[str, str] | None = None
    post: str = ""  # empty: the step's post
    branches: tuple[str, ...] = ()  # of an outcome with ``choose``
    assignee: str = ""  # of an outcome that hands over


@dataclass(frozen=True, slots=True)
class Expected:
    """What an example promises after its act; what is left out is not asserted."""

    refused: tuple[str, ...] = ()  # kinds of the controls that refuse
    open: tuple[str, ...] = ()
    ended: str = ""
    due: date | None = None
    light: str = ""
    on: date | None = None  # the day on which the light is looked at; else the act's


@dataclass(frozen=True, slots=True)
class Example:
    """Given acts that succeed, when one more is tried, then this holds."""

    name: str
    when: ExampleAct
    then: Expected
    given: tuple[ExampleAct, ...] = ()


@dataclass(frozen=True, slots=True)
class Power:
    """A power 职权 with its guide, limits, chart and examples."""

    code: str
    name: str
    category: Category
    level: str
    organ: str
    source: str
    guide: Guide
    bases: tuple[Basis, ...]
    limits: Limits
    posts: tuple[Post, ...]
    steps: tuple[Step, ...]
    ends: tuple[End, ...]
    measures: tuple[Measure, ...] = ()  # of a penalty or a coercion: all that it may impose
    is_sensitive: bool = False  # that somebody applies at all is private; told by the day only
    on_promise: Rule | None = None  # what allows to decide on a written promise 告知承诺
    materials: tuple[Material, ...] = ()
    notes: tuple[str, ...] = ()
    anytime: tuple[Anytime, ...] = ()
    charts: tuple[Chart, ...] = ()
    examples: tuple[Example, ...] = ()

    def post_name(self, post: str) -> str:
        """The words for a post of this chart."""
        return next((each.name for each in self.posts if each.id == post), post)
