"""From a note's fields to a card's two sides, as Anki's templates say.

    {{Field}}  {{#Field}}...{{/Field}}  {{^Field}}...{{/Field}}  {{cloze:Field}}  {{type:Field}}

The question side is not repeated on the answer side: whoever shows the answer shows it below
the question anyway.

docs.ankiweb.net, "Card Templates".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape

_SECTION = re.compile(r"\{\{([#^])\s*([^{}]+?)\s*\}\}(.*?)\{\{/\s*\2\s*\}\}", re.DOTALL)
_FIELD = re.compile(r"\{\{\s*([^{}#^/][^{}]*?)\s*\}\}")
_CLOZE = re.compile(r"\{\{c([\d,]+)::|\}\}")
_ANSWER_LINE = re.compile(r"<hr\b[^>]*\bid=[\"']?answer\b[^>]*>")
_DEEPEST = 8  # clozes or sections within each other


@dataclass(frozen=True)
class Template:
    """The two sides of a card as its author laid them out."""

    name: str
    question: str
    answer: str


def sides(
    template: Template, fields: Mapping[str, str], *, cloze: int | None = None
) -> tuple[str, str]:
    """Return the HTML of question and answer; ``cloze`` is the deletion the card asks for."""
    question = _render(template.question, fields, cloze, asking=True)
    answer = _render(template.answer, fields, cloze, asking=False)
    line = _ANSWER_LINE.search(answer)
    if line and answer[: line.start()].strip() == question.strip():
        answer = answer[line.end() :]
    return question, re.sub(r"(?i)^(\s|<br\s*/?>|<hr[^>]*>)+", "", answer)


def cloze_text(text: str, wanted: int, *, asking: bool) -> str:
    """Return a text with its cloze deletions: the wanted one hidden or marked, others plain.

    Examples
    --------
    >>> cloze_text("{{c1::ReLU::which?}} is max(0, {{c2::z}})", 1, asking=True)
    '<span class="cloze">[which?]</span> is max(0, z)'
    """
    parts: list[tuple[list[str], frozenset[int]]] = [([], frozenset())]
    at = 0
    for match in _CLOZE.finditer(text):
        parts[-1][0].append(text[at : match.start()])
        at = match.end()
        if match[1] and len(parts) <= _DEEPEST:
            numbers = frozenset(int(n) for n in match[1].split(",") if n)
            parts.append(([], numbers))
        elif match[1] or len(parts) == 1:
            parts[-1][0].append(match[0])
        else:
            inner, numbers = parts.pop()
            parts[-1][0].append(_deletion("".join(inner), wanted in numbers, asking=asking))
    parts[-1][0].append(text[at:])
    while len(parts) > 1:  # a deletion that was never closed is plain text
        inner, numbers = parts.pop()
        opening = "{{c" + ",".join(map(str, sorted(numbers))) + "::"
        parts[-1][0].append(opening + "".join(inner))
    return "".join(parts[0][0])


def clozes(text: str) -> set[int]:
    """Return the numbers of the deletions in a text."""
    return {int(n) for m in _CLOZE.finditer(text) if m[1] for n in m[1].split(",") if n}


def is_empty(html: str) -> bool:
    """Return whether a field shows nothing; a picture is something."""
    if re.search(r"(?i)<img|\[sound:", html):
        return False
    return not unescape(re.sub(r"<[^>]*>", "", html)).strip("\u00a0 \t\r\n")


def _render(layout: str, fields: Mapping[str, str], cloze: int | None, *, asking: bool) -> str:
    def section(match: re.Match[str]) -> str:
        shown = match[2] == f"c{cloze}" or not is_empty(fields.get(match[2], ""))
        return match[3] if shown == (match[1] == "#") else ""

    def field(match: re.Match[str]) -> str:
        return _field(match[1], fields, cloze, asking=asking)

    layout = re.sub(r"<!--.*?-->", "", layout, flags=re.DOTALL)
    for _ in range(_DEEPEST):
        layout, changed = _SECTION.subn(section, layout)
        if not changed:
            break
    return _FIELD.sub(field, layout)


def _field(reference: str, fields: Mapping[str, str], cloze: int | None, *, asking: bool) -> str:
    """Return what one ``{{filter:...:Name}}`` stands for."""
    *filters, name = (part.strip() for part in reference.split(":"))
    if name == "FrontSide" or any(f.startswith("tts") for f in filters):
        return ""
    value = fields.get(name, "")
    for kind in reversed(filters):
        if kind == "cloze":
            value = cloze_text(value, cloze or 1, asking=asking)
        elif kind == "type" and asking:
            return ""
        elif kind == "text":
            value = re.sub(r"<[^>]*>", "", value)
    return value


def _deletion(inner: str, wanted: bool, *, asking: bool) -> str:
    text, _, hint = inner.partition("::")
    if not wanted:
        return text
    shown = f"[{hint or '...'}]" if asking else text
    return f'<span class="cloze">{shown}</span>'
