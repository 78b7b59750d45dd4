"""Two clerks at once, on a database of its own: one act happens, the other is told why not.

Processes, not threads: each has its own connection, as in production.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

RACE = Path(__file__).parent.parent / "race.py"


@pytest.mark.django_db
def test_of_eight_clerks_on_one_case_exactly_one_acts_each_time(tmp_path: Path):
    """The marker makes this run again on PostgreSQL; the race makes its own database there."""
    environment = {**os.environ, "GUIJU_VAR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, str(RACE)], capture_output=True, text=True, check=False, env=environment
    )

    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.split() == ["acted", "10", "told", "70", "recorded", "10", "gaps", "0"]
