"""Codes for what a pack names, in the dictionary of a log."""

from datetime import date

from guiju.audit.events import UNTOLD, Words

EPOCH = date(1970, 1, 1)
ALWAYS, EVER = -1_000_000, 1_000_000  # days of a span that has no beginning or no end
UNSEEN = 1 << 30  # codes of words that the log does not hold begin here


class Coder:
    """Words to codes without changing the log's dictionary: new words get codes of their own."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._own: dict[str, int] = {}
        self._texts: list[str] = []

    def code(self, text: str) -> int:
        """The log's code of a word, or one that no event holds; 0 of no word."""
        found = self._words.find(text)
        if found != UNTOLD:
            return found
        if text not in self._own:
            self._own[text] = UNSEEN + len(self._texts)
            self._texts.append(text)
        return self._own[text]

    def text(self, code: int) -> str:
        """The word of a code."""
        if code >= UNSEEN:
            return self._texts[code - UNSEEN]
        return self._words.text(code) if code > 0 else ""


def days(day: date | None, otherwise: int) -> int:
    """Days since 1970-01-01, or what stands for a day that is not set."""
    return otherwise if day is None else (day - EPOCH).days
