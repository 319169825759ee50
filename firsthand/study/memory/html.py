r"""The HTML of imported cards, made harmless once, when it comes in.

Sanitising happens here and at import alone: what the database holds as ``html`` has passed
through :func:`clean`. No script, style, form or frame survives, no address but http(s) links
that one must click, and pictures only from the journey's own ``media/``. Maths becomes
``\(...\)`` and ``\[...\]``, whichever of Anki's ways it was written in.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape
from urllib.parse import unquote

import nh3

TAGS = {
    *("a", "b", "blockquote", "br", "code", "dd", "del", "div", "dl", "dt", "em", "h1", "h2"),
    *("h3", "h4", "h5", "h6", "hr", "i", "img", "kbd", "li", "mark", "ol", "p", "pre", "q", "s"),
    *("small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th"),
    *("thead", "tr", "u", "ul", "var"),
}
ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "span": {"class"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
_MEDIUM = re.compile(r"media/[0-9a-f]{32}\.[a-z]{3,4}")
_SOUND = re.compile(r"\[sound:[^\]\n]*\]|\[anki:play:[^\]\n]*\]")
_INLINE = re.compile(
    r"(?is)\[\$\](.*?)\[/\$\]|\[latex\](.*?)\[/latex\]"
    r"|<anki-mathjax(?![^>]*block=[\"']?true)[^>]*>(.*?)</anki-mathjax>"
)
_BLOCK = re.compile(
    r"(?is)\[\$\$\](.*?)\[/\$\$\]|<anki-mathjax[^>]*block=[\"']?true[^>]*>(.*?)</anki-mathjax>"
)


def clean(html: str, picture: Callable[[str], str | None] | None = None) -> str:
    """Return what of ``html`` is text, layout, maths and known pictures.

    Parameters
    ----------
    html : str
        A side of a card, by whomever.
    picture : callable, optional
        From a picture's name in the deck to its name in the journey's media; None leaves it
        out. By default only pictures that are in the journey's media already stay.
    """

    failures: list[Exception] = []  # nh3 would swallow them and keep the attribute

    def named(source: str) -> str | None:
        try:
            return picture(unquote(source)) if picture else None
        except Exception as error:
            failures.append(error)
            return None

    def keep(tag: str, attribute: str, value: str) -> str | None:
        if tag == "img" and attribute == "src":
            if picture and not _MEDIUM.fullmatch(value):
                name = named(value)
                return f"media/{name}" if name else None
            return value if _MEDIUM.fullmatch(value) else None
        if tag == "span":
            return value if value == "cloze" else None
        if attribute in ("width", "height", "colspan", "rowspan"):
            return value if re.fullmatch(r"\d{1,4}%?", value) else None
        return value

    safe = nh3.clean(
        _SOUND.sub("", _with_maths(html)),
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=keep,
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )
    if failures:
        raise failures[0]
    safe = re.sub(r"<img(?![^>]*\ssrc=)[^>]*>", "<em>(picture missing)</em>", safe)
    return safe.strip()


def has_sound(html: str) -> bool:
    """Return whether a side plays a sound."""
    return bool(_SOUND.search(html))


def _with_maths(html: str) -> str:
    html = _BLOCK.sub(lambda m: rf"\[{_tex(next(filter(None, m.groups()), ''))}\]", html)
    return _INLINE.sub(lambda m: rf"\({_tex(next(filter(None, m.groups()), ''))}\)", html)


def _tex(source: str) -> str:
    """Return TeX that an editor of HTML wrapped in tags and entities, safe in HTML again."""
    source = re.sub(r"(?i)<br\s*/?>|</?div[^>]*>", "\n", source)
    plain = unescape(re.sub(r"<[a-zA-Z/][^>]*>", "", source)).replace("\u00a0", " ").strip()
    if len(plain) > 1 and plain[0] == plain[-1] == "$":
        plain = plain.strip("$")
    return escape(plain, quote=False)
