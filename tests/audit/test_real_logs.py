"""The real log of an environmental permit's receipt phase, held against its chart by hand."""

import json
import os
from collections import Counter
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "real-logs"
DATA = os.environ.get("GUIJU_DATA", "")


@pytest.mark.skipif(not DATA, reason="GUIJU_DATA names no folder of real logs")
def test_an_environmental_permit_of_a_dutch_municipality(tmp_path: Path):
    report, page, said = tmp_path / "r.json", tmp_path / "r.html", StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command(
            "oversee",
            str(Path(DATA) / "receipt.xes.gz"),
            charts=EXAMPLE,
            mapping=EXAMPLE / "environmental-permits.mapping.toml",
            store=tmp_path / "store",
            json=report,
            html=page,
            on=date(2012, 2, 1),
            stdout=said,
        )

    assert ended.value.code == 1
    told = json.loads(report.read_text(encoding="utf-8"))
    assert (told["cases"], told["events"], told["unfit"]) == (1434, 8577, 65)
    counts = Counter(each["detector"] for each in told["findings"])
    assert (counts["L1"], counts["L2"], counts["L4"], counts["M3"]) == (5, 130, 1043, 142)
    assert told["sources"][0]["taken"] == 8577
    assert "不可核对" in said.getvalue()
    assert "核定收件确认(T04)" in page.read_text(encoding="utf-8")
