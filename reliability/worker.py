"""A process that performs acts and acknowledges each of them, until it is stopped or killed.

It says on a pipe what it is about to ask for (``?``), and, after the call has returned, that it
was done (``!``), as a clerk sees the next page. Whoever holds the other end of the pipe knows,
whatever happens, which acts were promised and which request was under way. Lines go out by
``writev``, which nothing else here uses: faults that strace puts into ``write`` miss them.
"""

import json
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict
from random import Random
from typing import Any

from reliability import product
from reliability.product import Done, Errand

Say = Callable[..., None]


def saying(pipe: int) -> Say:
    """A function that sends one line through a pipe, whole or not at all."""

    def say(mark: str, **told: object) -> None:
        os.writev(pipe, [(json.dumps([mark, told]) + "\n").encode()])

    return say


def heard(text: bytes) -> list[tuple[str, dict[str, Any]]]:
    """The lines that came whole."""
    return [(mark, told) for mark, told in map(json.loads, text.split(b"\n")[:-1])]


def attend(say: Say, errand: Errand) -> Done:
    """Ask for one act, and acknowledge it."""
    say("?", **asdict(errand))
    done = product.do(errand)
    say("!", **asdict(done))
    return done


def work(say: Say, seed: str, length: int, again: Iterable[Errand] = ()) -> None:
    """First what was under way when another was killed, then case after case, for ever.

    Ends at the first error of the database, and says which it was.
    """
    chance, count = Random(seed), 0
    try:
        for errand in again:
            say("was", key=errand.key, is_written=product.is_written(errand.key))
            attend(say, errand)
        while True:
            number, last = "", chance.randint(2, length)
            for seen in range(last):
                count += 1
                errand = Errand(number, seen, f"{seed}-{count}", is_last=2 < seen + 1 == last)
                number = attend(say, errand).number
    except product.ERRORS as error:
        say("error", message=f"{type(error).__name__}: {error}")


def publish(say: Say, pause: float = 0.02) -> None:
    """Publish the log again and again, and tell each checkpoint once it is signed and public."""
    last: object = None
    try:
        while True:
            product.index_all()
            signed = product.signed()
            if signed is not None and signed != last:
                say("signed", **signed)
                last = signed
            time.sleep(pause)
    except product.ERRORS as error:
        say("error", message=f"{type(error).__name__}: {error}")


def open_cases(say: Say, prefix: str, count: int, acts: int = 1) -> None:
    """Open cases, and perform their first acts."""
    for i in range(count):
        number = ""
        for seen in range(acts):
            number = attend(say, Errand(number, seen, f"{prefix}-{i}-{seen}")).number


def insist(say: Say, errands: Iterable[Errand], times: int = 1) -> None:
    """Ask for each of these acts until it is done or has failed so many times; then hang up."""
    for errand in errands:
        for _ in range(times):
            try:
                attend(say, errand)
                break
            except (*product.ERRORS, product.STALE) as error:
                say("error", message=f"{type(error).__name__}: {error}")
                product.next_page()
    product.hang_up()


def timed(say: Say, errand: Errand, pause: float = 0.0) -> Done:
    """Perform an act and say how long it took, in seconds."""
    begun = time.perf_counter()
    done = product.do_slowly(errand, pause) if pause else product.do(errand)
    say("!", seconds=time.perf_counter() - begun, **asdict(done))
    return done
