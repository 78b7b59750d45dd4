"""Controls 防控措施: what an act needs before it may happen. A closed vocabulary.

One file each. A control says in words what it asks for (chart, guide, refusal) and answers
for one act and one state why the act is refused, or None. Every control names the rule it
enforces, so that every refusal can quote it.
"""

from guiju.kernel.controls.distinct import Distinct
from guiju.kernel.controls.evidence import Evidence
from guiju.kernel.controls.one_notice import OneNotice
from guiju.kernel.controls.persons_min import PersonsMin
from guiju.kernel.controls.publicity_days import PublicityDays
from guiju.kernel.controls.reason_required import ReasonRequired

type_of = {
    "persons_min": PersonsMin,
    "distinct": Distinct,
    "evidence": Evidence,
    "publicity_days": PublicityDays,
    "reason_required": ReasonRequired,
    "one_notice": OneNotice,
}
"""The written list of all controls, by the name that a power's file uses."""

Control = PersonsMin | Distinct | Evidence | PublicityDays | ReasonRequired | OneNotice
