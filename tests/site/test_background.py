"""Work beside the pages: what fails or hangs stops nothing else, an order to end is obeyed."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from tests.files import png
from tests.site.test_commands import guiju
from tests.walk import MONDAY, Walk

from guiju.cases.documents import path_of, store
from guiju.cases.models import Message
from guiju.record.models import Act
from guiju.site import background, clock
from guiju.site.background import PARTS, Part, round_of_work, start


@pytest.fixture(autouse=True)
def _connections(monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection of the test is not for the work to close."""
    monkeypatch.setattr(background, "close_old_connections", lambda: None)


def failing() -> int:
    raise RuntimeError("no")


def test_a_failing_part_stops_no_other(caplog: pytest.LogCaptureFixture):
    done = round_of_work((Part("a", failing, 1, 1), Part("b", lambda: 7, 1, 1)))

    assert done == {"a": None, "b": 7}
    assert "background work failed, it is tried again: a" in caplog.text


def test_each_part_has_its_pace(settings: LazySettings):
    settings.CLOCK_FILE = ""
    assert [part.seconds for part in PARTS] == [60, 0.5, 0.5, 60, 300, 60, 3600]
    assert PARTS[1].pause(failed=True) == background.AFTER_FAILURE_SECONDS
    settings.CLOCK_FILE = "x"
    assert [part.pause(failed=False) for part in PARTS] == [1, 0.5, 1, 5, 2, 2, 3600]


def test_a_hanging_part_holds_up_no_other():
    stop, released, counts = threading.Event(), threading.Event(), {"quick": 0, "failing": 0}

    def quick() -> int:
        counts["quick"] += 1
        return 1

    def fails() -> int:
        counts["failing"] += 1
        raise RuntimeError

    hang = Part("hanging", lambda: int(released.wait(20)), 0.01, 0.01)
    threads = start(stop, (hang, Part("quick", quick, 0.01, 0.01), Part("f", fails, 0.01, 0.01)))
    until = time.monotonic() + 10
    while counts["quick"] < 20 and time.monotonic() < until:
        time.sleep(0.01)
    stop.set()
    released.set()
    for thread in threads:
        thread.join(10)

    assert counts["quick"] >= 20
    assert counts["failing"] == 1  # and pauses longer
    assert not any(thread.is_alive() for thread in threads)


@pytest.mark.django_db
def test_one_round_does_every_part(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture):
    walk = Walk.begin()
    monkeypatch.setattr(clock, "now", lambda: MONDAY + timedelta(days=1))
    old = path_of(store("照片", "a", [png()]).sha256)
    os.utime(old, (1, 1))

    call_command("sequence")

    assert "编入日志" in capsys.readouterr().out
    assert Act.objects.filter(subject=walk.number, idx__isnull=False).count() == 1
    assert Message.objects.get(case=walk.number).sent_at is not None
    assert not old.exists()


def test_a_round_that_fails_somewhere_ends_with_2(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(background, "round_of_work", lambda: {"编入日志": 3, "发出告知": None})

    with pytest.raises(CommandError, match="没有办成,下一轮再试:发出告知") as error:
        call_command("sequence")

    assert error.value.returncode == 2


def test_forever_ends_cleanly_when_told(tmp_path: Path):
    guiju("up", "--no-serve", var=tmp_path)
    environment = {**os.environ, "GUIJU_VAR": str(tmp_path)}
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "guiju.site", "sequence", "--forever"]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert "已经开始" in process.stdout.readline()
        time.sleep(1.5)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=30)

    assert process.returncode == 0
    assert "已经结束" in out
    assert err == ""
    assert guiju("sequence", var=tmp_path).stdout.startswith("记录期限届满 0,编入日志 0")
