"""``guiju oversee`` as a person calls it: bad rows, bad files, the same log again, more of it."""

import json
from importlib.util import find_spec
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from tests.kernel.charts import PACKS

CITY = PACKS / "changzhi"
CODE = "000511005000"  # 临时救助
HEAD = "编号,环节,时间,经办\n"
ROWS = """A-1,申请,2026-03-02 09:00,
A-1,受理,2026-03-02 10:00,窗甲
A-2,申请,昨天,
A-2,发钱,2026-03-03 09:00,窗甲
"""
MAPPING = f"""[columns]
case = "编号"
step = "环节"
at = "时间"
person = "经办"
[fixed]
power = "{CODE}"
[values.step]
"申请" = "apply.submit"
"受理" = "accept.accept"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "log.csv").write_text(HEAD + ROWS, "utf-8")
    (tmp_path / "map.toml").write_text(MAPPING, "utf-8")
    return tmp_path


def run(folder: Path, *logs: str, **options: object) -> tuple[int, str, str]:
    said, wrong = StringIO(), StringIO()
    options = {
        "charts": CITY,
        "mapping": folder / "map.toml",
        "store": folder / "store",
        **options,
    }
    with pytest.raises(SystemExit) as ended:
        call_command(
            "oversee",
            *(str(folder / log) for log in logs),
            json=folder / "out.json",
            html=folder / "out.html",
            stdout=said,
            stderr=wrong,
            **options,
        )
    code = ended.value.code
    assert isinstance(code, int)
    return code, said.getvalue(), wrong.getvalue()


def test_bad_rows_are_listed_with_their_reason_and_the_rest_is_overseen(folder: Path):
    code, said, _ = run(folder, "log.csv")

    told = json.loads((folder / "out.json").read_text("utf-8"))
    page = (folder / "out.html").read_text("utf-8")
    assert code == 1
    assert "收进3条记录,退回1行" in said
    assert (told["cases"], told["events"]) == (2, 3)
    (strange,) = [each for each in told["findings"] if each["detector"] == "H2"]
    assert strange["case"] == "A-2"
    assert strange["rows"] == [{"source": "log.csv", "row": 4}]
    assert "昨天" in page
    assert "H4 胡作为 无证执法:—" in said


def test_the_same_log_again_changes_nothing_and_more_of_it_is_added(folder: Path):
    run(folder, "log.csv")
    before = (folder / "out.json").read_text("utf-8")

    _, said, _ = run(folder, "log.csv")
    (folder / "more.csv").write_text(HEAD + "A-1,乱来,2026-03-04 09:00,窗甲\n", "utf-8")
    run(folder, "more.csv")

    after = json.loads((folder / "out.json").read_text("utf-8"))
    assert "已经收过3条记录" in said
    assert [s["name"] for s in after["sources"]] == ["log.csv", "more.csv"]
    findings = json.loads(before)["findings"]
    assert {f["id"] for f in findings if f["detector"] == "H2"} < {
        f["id"] for f in after["findings"]
    }


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("log.csv", "别的,列\n1,2\n", "编号"),
        ("log.csv", "", ""),
        ("map.toml", "[columns]\ncase = 1\n", "case"),
        ("map.toml", "[colums]\n", "colums"),
    ],
)
def test_a_bad_file_is_one_clear_error_and_nothing_half_done(
    folder: Path, name: str, content: str, words: str
):
    (folder / name).write_text(content, "utf-8")

    code, _, wrong = run(folder, "log.csv")

    assert code == 2
    assert wrong.strip()
    assert words in wrong
    assert not (folder / "store").exists()
    assert not (folder / "out.json").exists()


def test_what_is_no_pack_and_what_is_not_there(folder: Path):
    assert run(folder, "log.csv", charts=folder)[0] == 2
    assert run(folder, "nowhere.csv")[0] == 2


@pytest.mark.skipif(find_spec("pyspark") is not None, reason="pyspark is installed")
def test_without_spark_a_cluster_is_refused_in_words(folder: Path):
    status, _, wrong = run(folder, "log.csv", spark="spark://nowhere:7077")

    assert status == 2
    assert "guiju[spark]" in wrong
