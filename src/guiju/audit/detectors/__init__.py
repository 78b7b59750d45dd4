"""Detectors 监察规则: what oversight asks of a log. One file each; ``DETECTORS`` lists them.

The first line of each module is the public wording; below it stand what counts as evidence, what
speaks for the officer, and the source.
"""

from guiju.audit.detector import Detector
from guiju.audit.detectors import (
    b1_no_acceptance_decision,
    b2_silent_clock,
    b3_refusal_without_reasons,
    b4_duty_absent,
    h1_unlisted_power,
    h2_outside_chart,
    h3_no_mandate,
    h4_no_certificate,
    h5_above_ceiling,
    h6_unlisted_material,
    h7_unlisted_fee,
    l1_skipped,
    l2_out_of_order,
    l3_missing_control,
    l4_separation,
    l5_principal_not_last,
    l6_back_dated,
    m1_stage_limit,
    m2_promised_limit,
    m3_statutory_limit,
    m4_due_soon,
    m5_outlier,
    z1_second_supplement,
    z2_transfer_cycle,
    z3_stop_before_due,
    z4_resubmission_chain,
)

DETECTORS: tuple[Detector, ...] = (
    h1_unlisted_power.DETECTOR,
    h2_outside_chart.DETECTOR,
    h3_no_mandate.DETECTOR,
    h4_no_certificate.DETECTOR,
    h5_above_ceiling.DETECTOR,
    h6_unlisted_material.DETECTOR,
    h7_unlisted_fee.DETECTOR,
    l1_skipped.DETECTOR,
    l2_out_of_order.DETECTOR,
    l3_missing_control.DETECTOR,
    l4_separation.DETECTOR,
    l5_principal_not_last.DETECTOR,
    l6_back_dated.DETECTOR,
    b1_no_acceptance_decision.DETECTOR,
    b2_silent_clock.DETECTOR,
    b3_refusal_without_reasons.DETECTOR,
    b4_duty_absent.DETECTOR,
    z1_second_supplement.DETECTOR,
    z2_transfer_cycle.DETECTOR,
    z3_stop_before_due.DETECTOR,
    z4_resubmission_chain.DETECTOR,
    m1_stage_limit.DETECTOR,
    m2_promised_limit.DETECTOR,
    m3_statutory_limit.DETECTOR,
    m4_due_soon.DETECTOR,
    m5_outlier.DETECTOR,
)
