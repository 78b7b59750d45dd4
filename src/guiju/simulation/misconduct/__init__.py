"""Misconduct of every kind, done to the rows of a case that was lawful.

Each function changes one case so that the detector of its name has something to find, or answers
False where the case gives no occasion for it. What nobody could see in a log is done too, to
nothing that is written down: ``INVISIBLE``.
"""

from collections.abc import Callable, Mapping
from random import Random

from guiju.simulation.misconduct import (
    against_procedure,
    inaction,
    late,
    passing_on,
    without_power,
)
from guiju.simulation.staff import City
from guiju.simulation.told import Case

Deed = Callable[[Case, City, Random], bool]

DEEDS: Mapping[str, Deed] = {
    "H1": without_power.unlisted_power,
    "H2": without_power.outside_chart,
    "H3": without_power.no_mandate,
    "H4": without_power.no_certificate,
    "H5": without_power.above_ceiling,
    "H6": without_power.unlisted_material,
    "H7": without_power.unlisted_fee,
    "L1": against_procedure.skipped,
    "L2": against_procedure.out_of_order,
    "L3": against_procedure.missing_control,
    "L4": against_procedure.no_separation,
    "L5": against_procedure.principal_not_last,
    "L6": against_procedure.back_dated,
    "B1": inaction.no_acceptance_decision,
    "B2": inaction.silent_clock,
    "B3": inaction.refusal_without_reasons,
    "Z1": passing_on.second_supplement,
    "Z2": passing_on.transfer_cycle,
    "Z3": passing_on.stop_before_due,
    "Z5": passing_on.endless_stop,
    "M1": late.stage_limit,
    "M2": late.promised_limit,
    "M3": late.statutory_limit,
    "M4": late.due_soon,
    "M5": late.outlier,
}
"""What is done to one case; Z4 and B4, which need several, are in ``year``."""

INVISIBLE: Mapping[str, str] = {
    "L4": "一个人用两个账号办了应由两人办的环节:日志里是两个人",
    "L6": "办理时间和录入时间都改过:日志里前后一致",
    "H6": "口头多要材料,没有录入",
    "H7": "窗口外收钱,没有录入",
    "L3": "凭证是假的,类型都对",
    "H3": "把账号借给别人用:日志里是本人",
}
"""What is done beside the log: of the kind of this detector, but nobody can see it there."""
