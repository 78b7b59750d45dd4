"""Controls 防控措施: what an act needs before it may happen. A closed vocabulary.

One file each, with three faces. *Words*: what it asks for, on chart, guide and refusal. *Guard*:
``refusal`` answers for one act and one state why the act is refused, or None. *Replay*:
``violation`` answers, for an act that a log tells of, what was wrong, or None, or that the record
lacks what would be needed (``replay``). Every control names the rule it enforces, so that every
refusal can quote it.
"""

from guiju.kernel.controls.amount_ceiling import AmountCeiling
from guiju.kernel.controls.certified import Certified
from guiju.kernel.controls.collective import Collective
from guiju.kernel.controls.distinct import Distinct
from guiju.kernel.controls.evidence import Evidence
from guiju.kernel.controls.hearing_offered import HearingOffered
from guiju.kernel.controls.legality_review import LegalityReview
from guiju.kernel.controls.one_notice import OneNotice
from guiju.kernel.controls.persons_min import PersonsMin
from guiju.kernel.controls.promise import Promise
from guiju.kernel.controls.publicity_days import PublicityDays
from guiju.kernel.controls.random_draw import RandomDraw
from guiju.kernel.controls.reason_required import ReasonRequired
from guiju.kernel.controls.recusal import Recusal
from guiju.kernel.controls.seal_register import SealRegister

type_of = {
    "persons_min": PersonsMin,
    "certified": Certified,
    "distinct": Distinct,
    "recusal": Recusal,
    "evidence": Evidence,
    "collective": Collective,
    "publicity_days": PublicityDays,
    "random_draw": RandomDraw,
    "amount_ceiling": AmountCeiling,
    "reason_required": ReasonRequired,
    "one_notice": OneNotice,
    "legality_review": LegalityReview,
    "hearing_offered": HearingOffered,
    "seal_register": SealRegister,
    "promise": Promise,
}
"""The written list of all controls, by the name that a power's file uses."""

Control = (
    PersonsMin
    | Certified
    | Distinct
    | Recusal
    | Evidence
    | Collective
    | PublicityDays
    | RandomDraw
    | AmountCeiling
    | ReasonRequired
    | OneNotice
    | LegalityReview
    | HearingOffered
    | SealRegister
    | Promise
)
