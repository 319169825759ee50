"""Markdown with TeX maths to safe HTML: lessons, cards, questions, notes.

A lesson is ours, a card may come from an imported deck: both pass the same sanitiser, and
nothing that could run, load or restyle survives it. Maths stays as text in
``<span class="math">``; the page typesets it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

TAGS = frozenset(
    re.findall(
        r"\w+",
        "a abbr b blockquote br code dd del div dl dt em figure figcaption h2 h3 h4 hr i img kbd "
        "li mark ol p pre q s small span strong sub sup table tbody td tfoot th thead tr u ul var",
    )
)
ATTRIBUTES: Mapping[str, set[str]] = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan", "class"},
    "th": {"colspan", "rowspan", "class"},
    "h2": {"id"},
    "h3": {"id"},
    "div": {"class", "data-figure"},
    "span": {"class"},
    "pre": {"class"},
    "code": {"class"},
}
# Classes that mean something to the page; an imported card cannot dress up as anything else.
CLASS = re.compile(
    r"math|inline|display|figure-here|cloze|code|highlight|left|right|center|[a-z]{1,2}[0-9]?|gap"
)
PAGE_IDS = frozenset(("main", "help", "toasts", "card", "verdict", "workshop"))
LINK = re.compile(r"(https?://|/|#|exercise:|stage:)")
FIGURE = re.compile(r"^::figure\{([a-z0-9_]+)( wide)?\}\s*$")


@lru_cache(maxsize=2048)
def render(text: str) -> str:
    """Return safe HTML of Markdown with ``$maths$``, fenced code and ``::figure{name}`` lines."""
    return clean(_parser().render(text))


@lru_cache(maxsize=1024)
def inline(text: str) -> str:
    """Return safe HTML of one line of Markdown, without a paragraph around it."""
    return clean(_parser().renderInline(text))


def clean(raw: str) -> str:
    """Return ``raw`` HTML with everything gone that could run, load from elsewhere or restyle."""
    return nh3.clean(
        raw,
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        attribute_filter=_attribute,
        url_schemes={"http", "https", "exercise", "stage"},
        link_rel="noopener noreferrer",
        strip_comments=True,
    )


SVG_TAGS = frozenset(
    re.findall(
        r"\w+",
        "svg defs clipPath g path rect circle line polygon polyline text tspan use image title",
    )
)
SVG_ATTRIBUTES = frozenset(
    re.findall(
        r"[\w:-]+",
        "id d style x y x1 y1 x2 y2 cx cy r rx ry width height viewBox preserveAspectRatio "
        "clip-path transform role aria-label points fill stroke opacity href xlink:href",
    )
)


def clean_svg(raw: str) -> str:
    """Return a drawing without scripts, style sheets, handlers and outside references."""

    def keep(tag: str, name: str, value: str) -> str | None:
        if name.endswith("href"):
            picture = tag == "image" and value.startswith("data:image/png;base64,")
            return value if picture or value.startswith("#") else None
        return None if "url(" in value and "url(#" not in value else value

    return nh3.clean(
        raw,
        tags=set(SVG_TAGS),
        attributes={"*": set(SVG_ATTRIBUTES)},
        attribute_filter=keep,
        clean_content_tags={"script", "style", "metadata"},
        url_schemes={"data"},
        link_rel=None,
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "class":
        return " ".join(c for c in value.split() if CLASS.fullmatch(c)) or None
    if name == "src":  # pictures come from the journey's own media and from nowhere else
        found = re.fullmatch(r"/?media/(\w[\w.-]*)", value)
        return f"/media/{found[1]}" if found else None
    if name == "id":
        return value if re.fullmatch(r"[a-z0-9-]+", value) and value not in PAGE_IDS else None
    if name == "href":
        return value if LINK.match(value) and not value.startswith("//") else None
    if name in ("width", "height", "colspan", "rowspan", "start"):
        return value if value.isdigit() else None
    return value


def link_exercises(rendered: str, address: Callable[[str], str]) -> str:
    """Replace ``exercise:ID`` and ``stage:NAME`` in links by the addresses of their pages."""

    def replace(match: re.Match[str]) -> str:
        return f'href="{html.escape(address(html.unescape(match[1])))}"'

    return re.sub(r'href="((?:exercise|stage):[^"]+)"', replace, rendered)


def sections(rendered: str) -> list[tuple[str, str]]:
    """Return (id, title) of the second-level headings, for a table of contents."""
    found = re.findall(r'<h2 id="([^"]+)">(.*?)</h2>', rendered, re.S)
    return [(id, re.sub(r"<[^>]+>", "", title)) for id, title in found]


def highlight(code: str, language: str = "python") -> str:
    """Return ``code`` as HTML with a class for each kind of token."""
    from pygments import highlight as paint
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        lexer = get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return html.escape(code)
    return paint(code, lexer, HtmlFormatter(nowrap=True))


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"typographer": True, "html": False})
    parser.enable(["table", "strikethrough", "smartquotes", "replacements"])
    parser.use(dollarmath_plugin, allow_digits=False, double_inline=True)
    for rule in ("math_inline", "math_inline_double", "math_block", "math_block_label"):
        parser.add_render_rule(rule, _render_maths)
    parser.block.ruler.before("paragraph", "figure", _figure_rule)
    parser.add_render_rule("figure", _render_figure)
    parser.add_render_rule("fence", _render_fence)
    parser.add_render_rule("heading_open", _render_heading)
    return parser


def _render_maths(self: Any, tokens: Any, index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    kind = "inline" if token.type == "math_inline" else "display"
    return f'<span class="math {kind}">{html.escape(token.content.strip())}</span>'


def _figure_rule(state: Any, start: int, end: int, silent: bool) -> bool:
    line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    match = FIGURE.match(line)
    if match is None:
        return False
    if not silent:
        token = state.push("figure", "", 0)
        token.meta = {"name": match[1] + (match[2] or "")}
        state.line = start + 1
    return True


def _render_figure(self: Any, tokens: Any, index: int, options: Any, env: Any) -> str:
    name = html.escape(tokens[index].meta["name"])
    return f'<div class="figure-here" data-figure="{name}"></div>\n'


def _render_fence(self: Any, tokens: Any, index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    code = highlight(token.content, token.info.strip() or "python")
    return f'<pre class="code"><code>{code}</code></pre>\n'


def _render_heading(self: Any, tokens: Any, index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    # the page's title is the only first-level heading
    tag = "h2" if token.tag == "h1" else token.tag
    name = re.sub(r"[^a-z0-9]+", "-", tokens[index + 1].content.lower()).strip("-")
    return f'<{tag} id="{name}">' if tag in ("h2", "h3") else f"<{tag}>"
