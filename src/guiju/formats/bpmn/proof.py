"""Whether a model is sound, each of its processes for itself, told in its own words.

A process is sound when it can be over from wherever it gets to, every part of it can happen,
and no part is under way twice at once. The messages between pools are not played: each pool
is judged as if what it waits for could come.
"""

from guiju.formats.bpmn.inward import holds_power
from guiju.formats.bpmn.model import Model, Process
from guiju.formats.bpmn.refusals import Refusal, refusals
from guiju.formats.bpmn.translation import Untranslatable, translate
from guiju.formats.verdict import Answered, Finding, Names, Verdict, judged


def verdicts(model: Model) -> tuple[Verdict, ...]:
    """An answer for every process of a file that has something drawn in it."""
    refused = refusals(model)
    whole = tuple(map(_refused, (each for each in refused if not each.process)))
    found = [Verdict("", "", Answered.NOT_EXECUTABLE, whole)] if whole else []
    for process in model.processes:
        own = tuple(map(_refused, (each for each in refused if each.process == process.id)))
        if own:
            found.append(Verdict(process.id, process.name, Answered.NOT_EXECUTABLE, own))
        elif process.scope.nodes:
            found.append(_judged(model, process))
    return tuple(found)


def publication_refusals(model: Model) -> tuple[str, ...]:
    """Why a model is not published as a power; empty: it may be read as one."""
    problem = "模型不是由职权导出的,缺少依据、时限和防控措施,不能公布"
    return (*(() if holds_power(model) else (problem,)), *map(str, refusals(model)))


def _refused(refusal: Refusal) -> Finding:
    return Finding("not executable", str(refusal), line=refusal.line)


def _judged(model: Model, process: Process) -> Verdict:
    try:
        translated = translate(model, process)
    except Untranslatable as error:
        finding = Finding("undecided", str(error), line=process.scope.element.line)
        return Verdict(process.id, process.name, Answered.UNDECIDED, (finding,))
    moves = translated.moves
    names = Names(
        translated.places,
        lambda move: moves[move.name].node.words,
        lambda move: moves[move.name].node.element.line,
    )
    return Verdict(process.id, process.name, *judged(translated.net, names))
