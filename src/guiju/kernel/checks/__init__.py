"""Checks: what must hold before a power is published. One file each.

The module docstring's first line is the public wording, in Chinese; below it stand the
meaning and the source. ``CHECKS`` is the written list; ``docs/checks.md`` tells each.
"""

from collections.abc import Mapping
from datetime import date

from guiju.kernel.checks import (
    c01_can_finish,
    c02_no_dead_step,
    c03_no_double_token,
    c04_risk_is_controlled,
    c05_limits_add_up,
    c06_basis_holds,
    c07_step_is_complete,
    c08_separation,
    c09_refusal_gives_reasons,
    c10_notice_once,
    c11_stages,
    c12_course_of_law,
    c13_nobody_alone,
    c14_collective,
    c15_leaves_trace,
    c16_materials,
    c17_fee,
    c18_parallel,
    c19_publicity,
    c20_code,
    c21_controls_fit,
    c22_clock,
    c23_promise,
    c24_conditions,
    c25_replayable,
)
from guiju.kernel.checks.finding import Finding, Subject
from guiju.kernel.net import compile_net
from guiju.kernel.paths import MARKINGS_MAX, graph
from guiju.kernel.power import Power
from guiju.kernel.rules import Rule
from guiju.kernel.soundness import soundness

CHECKS = (
    c01_can_finish,
    c02_no_dead_step,
    c03_no_double_token,
    c04_risk_is_controlled,
    c05_limits_add_up,
    c06_basis_holds,
    c07_step_is_complete,
    c08_separation,
    c09_refusal_gives_reasons,
    c10_notice_once,
    c11_stages,
    c12_course_of_law,
    c13_nobody_alone,
    c14_collective,
    c15_leaves_trace,
    c16_materials,
    c17_fee,
    c18_parallel,
    c19_publicity,
    c20_code,
    c21_controls_fit,
    c22_clock,
    c23_promise,
    c24_conditions,
    c25_replayable,
)


NO_RULES: Mapping[str, Rule] = {}


def findings(power: Power, on: date, rules: Mapping[str, Rule] = NO_RULES) -> tuple[Finding, ...]:
    """All that the checks find in a power that would be published on a day.

    ``rules`` are those of its pack; a number of the law that no rule gives is not checked.
    Raises ChartError when the chart's parts do not fit together.
    """
    net = compile_net(power)
    walked = graph(net, MARKINGS_MAX)
    subject = Subject(net.power, net, soundness(net, walked), on, walked, rules)
    return tuple(finding for check in CHECKS for finding in check.check(subject))
