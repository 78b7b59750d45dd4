"""What no linter sees: sizes, names, and the ladder where it does not show in imports."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "guiju"
PACKS = SOURCE / "packs"
FUNCTION_LINES_MAX = 50
FILE_LINES_MAX = 400
SAYS_NOTHING = {"common", "core", "helpers", "managers", "services", "utils"}
REFERENCE = re.compile(r"""{%-?\s*(?:extends|include)\s+["']([^"']+)["']""")


def ours(pattern: str) -> list[Path]:
    """The files of the package that we write by hand and that are code, not content."""
    found = (each for each in SOURCE.rglob(pattern) if PACKS not in each.parents)
    return sorted(each for each in found if "migrations" not in each.parts)


def ladder() -> dict[str, int]:
    """Each room and its rung, the top one 0, as import-linter is told in pyproject.toml."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = next(each["layers"] for each in settings["contracts"] if each["type"] == "layers")
    return {
        room.strip(" ()"): rung for rung, layer in enumerate(layers) for room in layer.split("|")
    }


def place_names() -> set[str]:
    """All places that a pack names; of a city also the short form, as people say it."""
    names: set[str] = set()
    for each in PACKS.glob("*/divisions.toml"):
        names.update(values_named("name", tomllib.loads(each.read_text(encoding="utf-8"))))
    return {each for each in names | {each.removesuffix("市") for each in names} if len(each) > 1}


def values_named(key: str, value: object) -> Iterator[str]:
    """All texts under this key, however deep."""
    if isinstance(value, dict):
        if isinstance(value.get(key), str):
            yield value[key]
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from values_named(key, each)


def test_no_function_is_long() -> None:
    long = [
        f"{file.relative_to(ROOT)}:{node.lineno} {node.name}: {length} lines"
        for file in ours("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES_MAX
    ]

    assert long == []


def test_no_file_is_long() -> None:
    lengths = {
        file.relative_to(ROOT): len(file.read_text(encoding="utf-8").splitlines())
        for file in ours("*.py")
    }

    assert {file: lines for file, lines in lengths.items() if lines > FILE_LINES_MAX} == {}


def test_every_module_has_a_name_that_says_something() -> None:
    modules = ours("*.py")

    assert modules, "this test would pass on nothing"
    assert [each for each in modules if SAYS_NOTHING & {each.stem, each.parent.name}] == []


def test_no_place_is_named_in_code_or_templates() -> None:
    named = [
        f"{file.relative_to(ROOT)}: {name}"
        for file in [*ours("*.py"), *ours("*.html")]
        for name in place_names()
        if name in file.read_text(encoding="utf-8")
    ]

    assert named == [], "what differs from city to city belongs in a pack"


def test_templates_use_their_own_room_and_look_alone() -> None:
    strangers = []
    for file in ours("*.html"):
        room, _, *inside = file.relative_to(SOURCE).parts
        names = ["/".join(inside), *REFERENCE.findall(file.read_text(encoding="utf-8"))]
        strangers += [
            f"{file.relative_to(ROOT)}: {name}"
            for name in names
            if name.split("/")[0] not in {room, "look"}
        ]

    assert strangers == []


def test_foreign_keys_point_down_the_ladder() -> None:
    rungs = ladder()
    upward = []
    for model in apps.get_models():
        for field in model._meta.get_fields():
            other = field.related_model if field.is_relation and field.concrete else None
            if not isinstance(other, type):
                continue
            (home, room), (away, target) = (
                each.__module__.split(".")[:2] for each in (model, other)
            )
            is_down = room == target or rungs.get(room, 0) < rungs.get(target, 0)
            if home == away == "guiju" and not is_down:
                upward.append(f"{model._meta.label}.{field.name} → {other._meta.label}")

    assert upward == []
