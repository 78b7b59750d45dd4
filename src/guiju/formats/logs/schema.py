"""A log as it is told to oversight: one row for each event, in the words of the charts.

Whatever a file looked like, its reader yields record batches of ``TOLD``. Only case, step and
time must be there; what a log does not tell is null, and oversight then says of what would need
it that it cannot be checked. Times are the city's wall-clock times, without a zone.

    row          number of the row in its source, from 1: the evidence, and the order in a tie
    case         the case, under the name or pseudonym that its system gives it
    power        code of the power
    step         id of the chart's step; a word that the mapping does not know stays as it is
    outcome      id of the outcome of that step; null: the log tells only that the step was done
    at           when it happened
    recorded_at  when it was entered
    received     when the case came in, told with any event; the chart's first step began then
    organ        id of the organ that acted
    post         the post (role) in which the person acted
    person       id or pseudonym of the official who acted
    present      others who took part: person, post, speaking order from 1 (0: not told)
    certificate  number of the enforcement certificate shown
    reason       whether reasons were given in writing
    items        materials that were asked for, or accepted, by name
    evidence     kinds of the documents that came with it
    fee          fee taken, in fen
    amount       money that was decided on, in fen
    stop_days    days applied for, when the clock was stopped
    applicant    pseudonym of the applicant
    division     code of the division
"""

import pyarrow as pa

PRESENT = pa.struct({"person": pa.string(), "post": pa.string(), "order": pa.int32()})
TOLD = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("case", pa.string(), nullable=False),
        ("power", pa.string()),
        pa.field("step", pa.string(), nullable=False),
        ("outcome", pa.string()),
        pa.field("at", pa.timestamp("us"), nullable=False),
        ("recorded_at", pa.timestamp("us")),
        ("received", pa.timestamp("us")),
        ("organ", pa.string()),
        ("post", pa.string()),
        ("person", pa.string()),
        ("present", pa.list_(PRESENT)),
        ("certificate", pa.string()),
        ("reason", pa.bool_()),
        ("items", pa.list_(pa.string())),
        ("evidence", pa.list_(pa.string())),
        ("fee", pa.int64()),
        ("amount", pa.int64()),
        ("stop_days", pa.int32()),
        ("applicant", pa.string()),
        ("division", pa.string()),
    ]
)
REQUIRED = ("case", "step", "at")
