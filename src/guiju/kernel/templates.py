"""What the law asks of the course of each kind of power, as properties of its net.

One row says for one category: in which order, or whether at all, kinds of steps happen; which
article says so; and how certain that is. ``checks/c11_stages`` runs the rows that ask for a
stage, ``checks/c12_course_of_law`` the others, each decided by ``paths.broken``.

Events are kinds of steps, as done by an organ with an outcome that goes on; what an applicant
does, what takes a case back (``cancels``) and what leaves it where it is are no events. No row
holds a number; numbers of the law are rules of a pack. Which article was read and which is
told by another text is in the last column.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from guiju.kernel import paths
from guiju.kernel.law import Category
from guiju.kernel.net import Net, Transition
from guiju.kernel.paths import Moves, Watch
from guiju.kernel.power import APPLICANT, Power, Step, StepKind
from guiju.kernel.rules import Certainty

K, C, LAW = StepKind, Category, Certainty.LAW
TOLD, LOCAL, DOUBT = Certainty.RESTATED, Certainty.LOCAL, Certainty.DOUBTFUL
STOPS = frozenset({K.ACCEPT, K.FILE, K.INVESTIGATE, K.CONSULT, K.EXPERT, K.REVIEW, K.DECIDE})
STOPS |= frozenset({K.LEGAL_REVIEW, K.INFORM, K.HEARING, K.MEETING, K.PUBLICITY})


class Shape(StrEnum):
    """How the events of a row hang together."""

    STAGE = "应当有"
    BEFORE = "先后"
    AFTER = "之后"
    ALWAYS = "必经"
    TOGETHER = "同在"
    AGAIN = "再次"


@dataclass(frozen=True, slots=True)
class Event:
    """Moves of a net, named."""

    words: str
    kinds: frozenset[StepKind] = frozenset()
    end: str = ""  # instead of kinds: 办成 a good end, 结束 any end; by an organ
    is_carried_out: bool = False  # only where delivery, payment or execution follows

    def moves(self, power: Power, net: Net) -> Moves:
        """The moves of a net that are this event."""
        if self.end:
            refusals = {end.id for end in power.ends if end.is_refusal}
            shut = refusals if self.end == "办成" else set()
            return paths.moves(net, lambda m: bool(m.end) and m.end not in shut and _is_done(m))
        if self.is_carried_out:
            steps = {step.id: step for step in power.steps}
            return paths.moves(
                net, lambda m: m.step.kind in self.kinds and _is_done(m) and _follows(m, steps)
            )
        return paths.moves(net, lambda m: m.step.kind in self.kinds and _is_done(m))


@dataclass(frozen=True, slots=True)
class Template:
    """One row: what the law asks of the course of a kind of power."""

    category: Category
    shape: Shape
    first: Event
    then: Event
    source: str
    certainty: Certainty
    given: frozenset[StepKind] = frozenset()  # asked only of charts with one of these; empty: all
    until: Event | None = None  # the end or event before which it must have happened

    def applies(self, power: Power) -> bool:
        """Whether the row is asked of this chart."""
        kinds = {step.kind for step in power.steps}
        return power.category is self.category and (not self.given or bool(self.given & kinds))

    def watch(self, power: Power, net: Net) -> Watch:
        """The row as a question about a net."""
        first, then = self.first.moves(power, net), self.then.moves(power, net)
        bad = self.until.moves(power, net) if self.until else then
        match self.shape:
            case Shape.BEFORE:
                return Watch(bad=then, settles=first, is_owed=True)
            case Shape.ALWAYS:
                return Watch(bad=bad, settles=first, is_owed=True)
            case Shape.TOGETHER:
                return Watch(bad=bad, owes=first, without=then)
            case _:
                return Watch(bad=bad, owes=first, settles=then)

    def words(self) -> str:
        """What is wrong when the row does not hold."""
        a, b, until = self.first.words, self.then.words, self.until.words if self.until else ""
        match self.shape:
            case Shape.STAGE:
                told = f"{self.category}的流程图没有“{a}”环节"
            case Shape.BEFORE:
                told = f"没有“{a}”就可能“{b}”"
            case Shape.ALWAYS:
                told = f"没有“{a}”就可能{until}"
            case Shape.TOGETHER:
                told = f"有“{a}”,却可能没有“{b}”就{until}"
            case _:
                told = f"“{a}”之后,可能没有“{b}”就{until}"
        mark = "" if self.certainty.is_firm else f",{self.certainty}"
        return f"{told}({self.source}{mark})"


def _is_done(move: Transition) -> bool:
    """Whether an organ did the step and the case went on; silent moves are not done by anybody."""
    outcome = move.outcome
    is_own = any(outcome is each for each in move.step.outcomes)
    by = outcome.post or move.step.post
    return is_own and bool(outcome.to) and not outcome.cancels and by != APPLICANT


def _follows(move: Transition, steps: dict[str, Step]) -> bool:
    """Whether delivery, payment, sealing or execution follows with no new decision between."""
    seen: set[str] = set()
    todo = list(move.outcome.to)
    while todo:
        step = steps.get(todo.pop())
        if step is None or step.id in seen or step.kind in STOPS:
            continue
        seen.add(step.id)
        if step.kind in (K.DELIVER, K.PAY, K.EXECUTE, K.SEAL):
            return True
        todo += [target for outcome in step.outcomes for target in outcome.to]
    return False


def _event(*kinds: StepKind, words: str = "") -> Event:
    return Event(words or "、".join(kinds), frozenset(kinds))


ACCEPT, FILE, DECIDE, MEETING = map(_event, (K.ACCEPT, K.FILE, K.DECIDE, K.MEETING))
INFORM, HEARING, DELIVER, PAY = map(_event, (K.INFORM, K.HEARING, K.DELIVER, K.PAY))
EXECUTE, INVESTIGATE, PUBLICITY = map(_event, (K.EXECUTE, K.INVESTIGATE, K.PUBLICITY))
LEGAL = _event(K.LEGAL_REVIEW)
REVIEW = _event(K.REVIEW, K.INVESTIGATE, K.EXPERT, words="审查或者调查")
ANSWERED = _event(K.INFORM, K.CONSULT, K.HEARING, words="听取对方意见")
PLANNED = _event(K.REGISTER, K.FILE, K.DECIDE, words="批准检查方案")
TOLD_RESULT = _event(K.INFORM, K.DELIVER, K.DECIDE, K.CLOSE, words="告知检查结果")
APPROVED = _event(K.DECIDE, K.MEETING, words="批准")
GIVEN_OUT = _event(K.PAY, K.SEAL, K.DELIVER, words="支付、用印、送达")
HANDLED = _event(K.DECIDE, K.CLOSE, words="处理或者解除")
CARRIED = Event("作出要送达、执行的决定", frozenset({K.DECIDE}), is_carried_out=True)
GOOD, END = Event("办成", end="办成"), Event("结束", end="结束")
ORDINARY = frozenset({K.FILE, K.INVESTIGATE, K.LEGAL_REVIEW, K.HEARING, K.MEETING})


def _stages(
    category: Category,
    certainty: Certainty,
    *rows: tuple[Event, str],
    given: frozenset[StepKind] = STOPS,
) -> Iterable[Template]:
    for event, source in rows:
        kinds = frozenset() if given is STOPS else given - event.kinds
        yield Template(category, Shape.STAGE, event, event, source, certainty, kinds)


TEMPLATES: tuple[Template, ...] = (
    # ─── 许可: 受理 → 审查 → 决定 → 送达
    *_stages(
        C.LICENCE,
        LAW,
        (ACCEPT, "行政许可法第三十二条"),
        (REVIEW, "行政许可法第三十四条"),
        (DECIDE, "行政许可法第三十八条"),
        (DELIVER, "行政许可法第四十四条"),
    ),
    Template(C.LICENCE, Shape.BEFORE, ACCEPT, DECIDE, "行政许可法第三十二条、第三十四条", LAW),
    Template(C.LICENCE, Shape.BEFORE, REVIEW, DECIDE, "行政许可法第三十四条第一款", LAW),
    Template(C.LICENCE, Shape.BEFORE, DECIDE, DELIVER, "行政许可法第四十四条", LAW),
    Template(C.LICENCE, Shape.ALWAYS, DECIDE, DECIDE, "行政许可法第三十八条", LAW, until=GOOD),
    Template(C.LICENCE, Shape.AFTER, DECIDE, DELIVER, "行政许可法第四十四条", LAW, until=GOOD),
    Template(
        C.LICENCE, Shape.AFTER, HEARING, DECIDE, "行政许可法第四十八条第二款", LAW, until=END
    ),
    # ─── 处罚: 立案 → 调查 → 法制审核 → 告知 → 听证 → 集体讨论 → 决定 → 送达 → 执行
    *_stages(
        C.PENALTY,
        LAW,
        (FILE, "行政处罚法第五十四条第二款"),
        (INVESTIGATE, "行政处罚法第五十四条第一款"),
        (LEGAL, "行政处罚法第五十八条第一款"),
        (MEETING, "行政处罚法第五十七条第二款"),
        given=ORDINARY,
    ),
    *_stages(
        C.PENALTY, DOUBT, (HEARING, "由行政处罚法第六十三条推出"), given=frozenset({K.MEETING})
    ),
    *_stages(
        C.PENALTY,
        LAW,
        (INFORM, "行政处罚法第四十四条"),
        (DECIDE, "行政处罚法第五十七条第一款"),
        (DELIVER, "行政处罚法第六十一条"),
    ),
    Template(C.PENALTY, Shape.BEFORE, FILE, DECIDE, "行政处罚法第六十条", LAW, ORDINARY),
    Template(C.PENALTY, Shape.BEFORE, INVESTIGATE, DECIDE, "行政处罚法第四十条", LAW, ORDINARY),
    Template(C.PENALTY, Shape.BEFORE, INFORM, CARRIED, "行政处罚法第四十四条、第六十二条", LAW),
    Template(C.PENALTY, Shape.BEFORE, INFORM, HEARING, "行政处罚法第六十三条第一款", LAW),
    Template(
        C.PENALTY,
        Shape.AGAIN,
        HEARING,
        LEGAL,
        "行政处罚法第五十八条第一款第二项",
        LAW,
        until=CARRIED,
    ),
    Template(
        C.PENALTY,
        Shape.TOGETHER,
        MEETING,
        LEGAL,
        "由行政处罚法第五十八条推出",
        DOUBT,
        until=CARRIED,
    ),
    Template(C.PENALTY, Shape.AFTER, HEARING, DECIDE, "行政处罚法第六十五条", LAW, until=END),
    Template(C.PENALTY, Shape.BEFORE, DECIDE, DELIVER, "行政处罚法第六十一条", LAW),
    Template(C.PENALTY, Shape.AFTER, CARRIED, DELIVER, "行政处罚法第六十一条", LAW, until=END),
    Template(
        C.PENALTY, Shape.BEFORE, DELIVER, EXECUTE, "行政处罚法第六十一条、第六十七条第三款", LAW
    ),
    # ─── 强制: 审批 → 告知 → 实施 → 解除或者处理
    *_stages(
        C.COERCION,
        LAW,
        (DECIDE, "行政强制法第十八条第一项、第三十七条"),
        (INFORM, "行政强制法第十八条第五项、第三十五条"),
        (EXECUTE, "行政强制法第十八条"),
    ),
    Template(
        C.COERCION,
        Shape.TOGETHER,
        EXECUTE,
        DECIDE,
        "行政强制法第十八条第一项、第十九条",
        LAW,
        until=END,
    ),
    Template(
        C.COERCION, Shape.TOGETHER, EXECUTE, INFORM, "行政强制法第十八条第五项", LAW, until=END
    ),
    Template(C.COERCION, Shape.AFTER, EXECUTE, HANDLED, "行政强制法第二十七条", LAW, until=END),
    # ─── 征收: 没有一部总的法律,各有各的法;这里只写各法共有的
    *_stages(
        C.LEVY,
        DOUBT,
        (REVIEW, "各征收法律的共同步骤"),
        (DECIDE, "各征收法律的共同步骤"),
        (DELIVER, "各征收法律的共同步骤"),
    ),
    Template(C.LEVY, Shape.BEFORE, REVIEW, DECIDE, "各征收法律的共同步骤", DOUBT),
    Template(C.LEVY, Shape.BEFORE, DECIDE, EXECUTE, "各征收法律的共同步骤", DOUBT),
    Template(C.LEVY, Shape.BEFORE, DECIDE, DELIVER, "各征收法律的共同步骤", DOUBT),
    Template(C.LEVY, Shape.AFTER, CARRIED, DELIVER, "各征收法律的共同步骤", DOUBT, until=END),
    # ─── 给付: 受理 → 调查、审查 → 决定 → 支付;急难的可以先行救助、事后补办
    *_stages(
        C.PAYMENT,
        TOLD,
        (ACCEPT, "社会救助法第三十七条;其他给付参照"),
        (REVIEW, "社会救助法第四十三条;其他给付参照"),
        (DECIDE, "社会救助法第四十四条;其他给付参照"),
        (PAY, "责任清单的通行体例"),
    ),
    Template(C.PAYMENT, Shape.BEFORE, ACCEPT, DECIDE, "社会救助法第三十七条;其他给付参照", TOLD),
    Template(C.PAYMENT, Shape.BEFORE, DECIDE, PAY, "社会救助法第四十四条;其他给付参照", TOLD),
    Template(
        C.PAYMENT,
        Shape.TOGETHER,
        PAY,
        REVIEW,
        "社会救助法第四十三条、第五十条;其他给付参照",
        TOLD,
        until=END,
    ),
    Template(
        C.PAYMENT,
        Shape.ALWAYS,
        DECIDE,
        DECIDE,
        "社会救助法第四十四条;其他给付参照",
        TOLD,
        until=GOOD,
    ),
    Template(C.PAYMENT, Shape.AFTER, DECIDE, PAY, "责任清单的通行体例", TOLD, until=GOOD),
    # ─── 检查: 方案 → 通知 → 实施 → 报告 → 处理
    *_stages(
        C.INSPECTION,
        TOLD,
        (INVESTIGATE, "责任清单的通行体例"),
        (TOLD_RESULT, "责任清单的通行体例"),
    ),
    Template(C.INSPECTION, Shape.BEFORE, PLANNED, INVESTIGATE, "责任清单的通行体例", TOLD),
    Template(
        C.INSPECTION, Shape.AFTER, INVESTIGATE, TOLD_RESULT, "责任清单的通行体例", TOLD, until=END
    ),
    # ─── 确认: 与许可相仿
    *_stages(
        C.CONFIRMATION,
        TOLD,
        (ACCEPT, "责任清单的通行体例"),
        (REVIEW, "责任清单的通行体例"),
        (DECIDE, "责任清单的通行体例"),
        (DELIVER, "责任清单的通行体例"),
    ),
    Template(C.CONFIRMATION, Shape.BEFORE, ACCEPT, DECIDE, "责任清单的通行体例", TOLD),
    Template(C.CONFIRMATION, Shape.BEFORE, REVIEW, DECIDE, "责任清单的通行体例", TOLD),
    Template(C.CONFIRMATION, Shape.BEFORE, DECIDE, DELIVER, "责任清单的通行体例", TOLD),
    Template(C.CONFIRMATION, Shape.ALWAYS, DECIDE, DECIDE, "责任清单的通行体例", TOLD, until=GOOD),
    Template(C.CONFIRMATION, Shape.AFTER, DECIDE, DELIVER, "责任清单的通行体例", TOLD, until=GOOD),
    # ─── 奖励: 推荐 → 审核 → 公示 → 表彰
    *_stages(
        C.AWARD,
        TOLD,
        (REVIEW, "责任清单的通行体例"),
        (PUBLICITY, "评比达标表彰活动管理办法"),
        (DECIDE, "责任清单的通行体例"),
    ),
    Template(C.AWARD, Shape.BEFORE, REVIEW, PUBLICITY, "责任清单的通行体例", TOLD),
    Template(C.AWARD, Shape.BEFORE, PUBLICITY, CARRIED, "评比达标表彰活动管理办法", TOLD),
    Template(
        C.AWARD, Shape.ALWAYS, PUBLICITY, DECIDE, "评比达标表彰活动管理办法", TOLD, until=GOOD
    ),
    Template(C.AWARD, Shape.ALWAYS, DECIDE, DECIDE, "责任清单的通行体例", TOLD, until=GOOD),
    Template(C.AWARD, Shape.BEFORE, DECIDE, PAY, "责任清单的通行体例", TOLD),
    # ─── 裁决: 受理 → 听取双方 → 审理 → 裁决 → 送达
    *_stages(
        C.RULING,
        TOLD,
        (ACCEPT, "行政裁决的通行程序"),
        (ANSWERED, "行政裁决的通行程序"),
        (REVIEW, "行政裁决的通行程序"),
        (DECIDE, "行政裁决的通行程序"),
        (DELIVER, "行政裁决的通行程序"),
    ),
    Template(C.RULING, Shape.BEFORE, ACCEPT, DECIDE, "行政裁决的通行程序", TOLD),
    Template(C.RULING, Shape.BEFORE, ANSWERED, CARRIED, "行政裁决的通行程序", TOLD),
    Template(C.RULING, Shape.BEFORE, REVIEW, CARRIED, "行政裁决的通行程序", TOLD),
    Template(C.RULING, Shape.ALWAYS, DECIDE, DECIDE, "行政裁决的通行程序", TOLD, until=GOOD),
    Template(C.RULING, Shape.AFTER, DECIDE, DELIVER, "行政裁决的通行程序", TOLD, until=GOOD),
    # ─── 其他: 只有一条,先批准、后给出
    Template(
        C.OTHER,
        Shape.BEFORE,
        APPROVED,
        GIVEN_OUT,
        "多地用印、报账的做法:先批准,后用印、付款",
        LOCAL,
    ),
)
"""The written list; the order is the order of the categories and of the steps in each."""
