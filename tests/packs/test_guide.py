"""The example that docs/writing-a-power.md shows to list editors passes, word for word."""

import re
from datetime import date
from pathlib import Path

from tests.kernel.charts import PACKS

from guiju.formats.packs import read_pack, read_power
from guiju.kernel.checks import findings
from guiju.kernel.examples import failures

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "writing-a-power.md"


def test_the_smallest_power_of_the_guide_passes(tmp_path: Path):
    text = re.search(r"```toml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert text is not None
    file = tmp_path / "power.toml"
    file.write_text(text.group(1), encoding="utf-8")

    power = read_power(file, {})

    assert findings(power, date(2026, 9, 1)) == ()
    calendar = read_pack(PACKS / "national", date(2026, 9, 1)).calendar
    assert list(failures(power, calendar)) == []
