"""A case of 临时救助 walked step by step, as the tests of several rooms need it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from guiju.cases import actions
from guiju.cases.actions import Applicant, Request
from guiju.cases.documents import Stored
from guiju.cases.models import Case
from guiju.kernel.acts import Person
from guiju.organs.models import Division
from guiju.powers.models import Version

CITY_TIME = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 9, 7, 9, tzinfo=CITY_TIME)
VILLAGE = "神下村"
HARDSHIP = {"hardship": "子女上学", "story": "孩子考上大学,学费凑不齐", "household": "3"}
SURVEYORS = (
    Person("hbz-surveyor-2", "town_surveyor"),
    Person("sx-representative", "village_representative"),
)


def photo(kind: str) -> Stored:
    """A document that is already stored."""
    return Stored(kind, f"{kind}.jpg", "ab" * 32, 10)


@dataclass
class Walk:
    """A case and the moment of its next act."""

    number: str
    at: datetime = MONDAY

    @classmethod
    def begin(
        cls, at: datetime = MONDAY, power: str = "临时救助", facts: dict[str, str] = HARDSHIP
    ) -> "Walk":
        """Apply in 神下村, for 临时救助 as 郭志强 did in the report."""
        number = actions.open_case(
            version=Version.objects.get(name=power, retired_at=None).sha256,
            division=Division.objects.get(name=VILLAGE).code,
            applicant=Applicant(
                "郭志强", "13800000000", helper_name="李帮办", helper_phone="13900000000"
            ),
            request=Request("apply", "submit", str(uuid4()), facts=facts),
            by="applicant",
            at=at,
        )
        return cls(number, at)

    @property
    def case(self) -> Case:
        """The case as the database has it."""
        return Case.objects.get(number=self.number)

    def act(self, by: str, step: str, outcome: str, **parts: object) -> int:
        """Perform one act with a fresh key, seen on a fresh page."""
        request = Request(step, outcome, str(parts.pop("key", uuid4())), **parts)  # type: ignore[arg-type]
        seq = self.case.seq
        return actions.perform_act(number=self.number, request=request, seq=seq, by=by, at=self.at)

    def later(self, days: int) -> "Walk":
        """Let days pass."""
        self.at += timedelta(days=days)
        return self

    def to_publicity(self) -> "Walk":
        """Accepted, surveyed by two with a representative and a photo, opinion given."""
        self.act("hbz-window", "accept", "accept")
        facts = {"finding": "属实"}
        self.later(2).act(
            "hbz-surveyor",
            "survey",
            "done",
            present=SURVEYORS,
            documents=(photo("现场照片"),),
            facts=facts,
        )
        self.later(1).act(
            "hbz-reviewer", "opinion", "support", facts={"amount_proposed": "250000"}
        )
        return self

    def to_decision(self) -> "Walk":
        """Published for its seven days without objection."""
        self.to_publicity().later(8).act(
            "sx-committee", "publicity", "clear", documents=(photo("公示照片"),)
        )
        return self

    def to_end(self) -> "Walk":
        """Approved, paid, closed."""
        self.to_decision().act("hbz-approver", "decide", "grant", facts={"amount": "250000"})
        self.later(1).act("hbz-finance", "pay", "paid", documents=(photo("银行回单"),))
        self.act("hbz-window", "close", "close")
        return self
