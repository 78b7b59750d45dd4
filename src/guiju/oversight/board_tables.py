"""Tables of boards as files for spreadsheets: CSV (RFC 4180), with a byte order mark."""

import csv
import io
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

from guiju.kernel.lights import Light
from guiju.oversight.boards import Period, Tally
from guiju.oversight.graphs import INKS

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would compute what begins so

TALLY_HEAD = (
    *(f"{ink.word}(在办)" for ink in INKS.values()),
    *("在办合计", "收到", "办结", "按时办结", "超承诺办结", "超法定办结", "按时率"),
)
PERIOD_HEAD = (
    *("起", "止", "收到", "办结", "按时办结"),
    *("超过承诺时限", "超过法定时限", "按时率"),
)


def tally_cells(row: Tally) -> tuple[object, ...]:
    """A row of a board."""
    return (
        row.label,
        *(row.open[light] for light in INKS),
        row.running,
        row.received,
        row.finished,
        row.in_time,
        row.done[Light.YELLOW],
        row.done[Light.RED],
        row.rate,
    )


def period_cells(row: Period) -> tuple[object, ...]:
    """A row of a trend."""
    counts = row.received, row.done, row.in_time, row.missed, row.breached
    return row.first.isoformat(), row.last.isoformat(), *counts, row.rate


def csv_file(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A table to be opened in a spreadsheet; no cell is a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.csv"',
        "Cache-Control": "private, no-store",
    }
    content = text.getvalue().encode("utf-8-sig")
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
