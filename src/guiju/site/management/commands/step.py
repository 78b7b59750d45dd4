"""``guiju step MODEL [--process ID] [--choices 1,2,…] [--json]``: walk through a BPMN model.

Offers, with numbers, all that can happen next, and does what is chosen, until the end. With
``--choices`` nobody is asked. Exit status 0: the end was reached, or the walk was broken off.
1: stuck, nothing can happen any more. 2: the model cannot be read or executed, or a choice
was not offered.
"""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand

from guiju.formats.bpmn.model import Model, Process, read_model_file
from guiju.formats.bpmn.refusals import refusals
from guiju.formats.bpmn.translation import Untranslatable, translate
from guiju.formats.bpmn.walk import Case, EndlessLoop
from guiju.formats.packs import PackError


class Command(BaseCommand):
    """Walk through a model."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The model, the process if there are several, and what to choose."""
        parser.add_argument("model", type=Path)
        parser.add_argument("--process", default="")
        parser.add_argument("--choices", help="numbers with commas between; nobody is asked")
        parser.add_argument("--json", action="store_true", help="print JSON, ask nobody")

    def handle(
        self, *args: object, model: Path, process: str, choices: str | None, **options: object
    ) -> None:
        """Walk to the end, or as far as the choices say."""
        is_silent = bool(options["json"])
        asked = None if choices is None and not is_silent else (choices or "").split(",")
        try:
            case = _case(read_model_file(model), process)
            self._walk(case, asked, is_silent=is_silent)
        except PackError as error:
            self._cannot(str(error), is_silent=is_silent)
        except (_Cannot, Untranslatable) as error:
            self._cannot(str(error), is_silent=is_silent)
        except EndlessLoop:
            self._cannot("网关之间绕圈,走不到任何环节", is_silent=is_silent)
        if is_silent:
            self.stdout.write(json.dumps(_state(case), ensure_ascii=False, indent=1))
        else:
            self._tell(case)
        sys.exit(0 if case.is_over or case.offers() else 1)

    def _walk(self, case: Case, asked: list[str] | None, *, is_silent: bool) -> None:
        """Choose until the end, or until there are no more choices. Raises _Cannot."""
        given = iter([each for each in asked or [] if each.strip()])
        while offers := case.offers():
            if not is_silent:
                self.stdout.write("可以办:")
                for number, offer in enumerate(offers, 1):
                    self.stdout.write(f"  {number}  {offer.words}")
            word = next(given, "") if asked is not None else _ask()
            if not word:
                return
            if not word.strip().isdecimal() or not 0 < int(word) <= len(offers):
                if asked is not None:
                    raise _Cannot(f"没有第“{word}”项,可选1到{len(offers)}")
                self.stdout.write(f"请输入1到{len(offers)}")
                continue
            case.choose(offers[int(word) - 1])
            if not is_silent:
                self.stdout.write(f"→ {case.trail[-1]}")

    def _tell(self, case: Case) -> None:
        if case.is_over:
            self.stdout.write(f"办完了:{' → '.join(case.trail)}")
        elif case.offers():
            self.stdout.write(f"停在这里:{','.join(case.waiting())}")
        else:
            self.stdout.write(f"卡住了,什么也办不了:{','.join(case.waiting())}")

    def _cannot(self, problem: str, *, is_silent: bool) -> None:
        if is_silent:
            self.stdout.write(json.dumps({"error": problem}, ensure_ascii=False))
        else:
            self.stderr.write(problem)
        sys.exit(2)


class _Cannot(Exception):
    """Something that the command cannot do, in words."""


def _case(model: Model, wanted: str) -> Case:
    """A new case of the process that is wanted. Raises _Cannot, Untranslatable, EndlessLoop."""
    processes = [each for each in model.processes if each.scope.nodes]
    named = [each for each in processes if wanted in (each.id, each.name)] if wanted else processes
    if not named:
        known = "、".join(map(_name, processes)) or "无"
        raise _Cannot(f"没有流程“{wanted}”。可用:{known}")
    if len(named) > 1:
        known = "、".join(map(_name, named))
        raise _Cannot(f"模型里有几个流程,用 --process 选一个:{known}")
    reasons = [str(each) for each in refusals(model) if each.process in ("", named[0].id)]
    if reasons:
        raise _Cannot("不能执行:\n" + "\n".join(reasons))
    return Case(translate(model, named[0]))


def _name(process: Process) -> str:
    return f"{process.id}({process.name})" if process.name else process.id


def _ask() -> str:
    try:
        return input("选哪一项(回车结束)?")
    except EOFError:
        return ""


def _state(case: Case) -> dict[str, object]:
    return {
        "is_over": case.is_over,
        "trail": case.trail,
        "offers": [offer.words for offer in case.offers()],
        "waiting": list(case.waiting()),
    }
