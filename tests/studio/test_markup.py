import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.studio import markup

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<img src="https://evil.example/pixel.png">',
    '<a href="javascript:alert(1)">x</a>',
    '<a href="//evil.example">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    "<style>*{display:none}</style>",
    '<div style="position:fixed;inset:0">x</div>',
    '<form action="https://evil.example"><input name=a></form>',
    "<iframe src=https://evil.example></iframe>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    '<div hx-get="/review/undo" hx-trigger="load">x</div>',
    '<button hx-post="/exercise/line.predict/solution?give_up=true">x</button>',
    '<p class="toast verdict good-news">x</p>',
    '<base href="https://evil.example">',
    '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    "<object data=x></object><embed src=x>",
    '<p id="main" name="proof">x</p>',
]
FORBIDDEN = (
    "<script", "onerror", "onload", "javascript:", "evil.example", "<style", "style=", "<form",
    "<iframe", "hx-", "toast", "verdict", "<base", "<meta", "<object", "<embed", "<input",
    "data:", 'id="main"', "<button",
)  # fmt: skip


@pytest.mark.parametrize("raw", HOSTILE)
def test_hostile_html_leaves_nothing_behind(raw: str):
    cleaned = markup.clean(raw).lower()
    assert not [word for word in FORBIDDEN if word in cleaned], cleaned


@pytest.mark.parametrize("raw", HOSTILE)
def test_in_a_lesson_html_is_only_text(raw: str):
    rendered = markup.render(raw)
    assert "<script" not in rendered
    assert html.escape("<")[:3] in rendered


@given(st.text(max_size=200))
def test_any_text_renders_to_markup_that_cleaning_does_not_change(text: str):
    rendered = markup.render(text)
    assert markup.clean(rendered) == rendered


def test_maths_waits_as_text_for_the_page_to_typeset():
    assert '<span class="math inline">a &lt; b</span>' in markup.render("So $a < b$ holds.")
    assert '<span class="math display">x^2</span>' in markup.render("$$\nx^2\n$$")
    assert "math" not in markup.render("It costs $5 and $6.")


def test_code_is_coloured_by_class():
    rendered = markup.render("```python\ndef f(): return 'x'\n```")
    assert '<span class="k">def</span>' in rendered
    assert "style=" not in rendered


def test_pictures_of_cards_come_from_the_journey_alone():
    assert 'src="/media/a1.png"' in markup.clean('<img src="media/a1.png">')
    assert 'src="/media/a1.png"' in markup.clean('<img src="/media/a1.png">')
    assert "src" not in markup.clean('<img src="/media/../settings">')


def test_links_to_exercises_become_links_to_their_pages():
    rendered = markup.render("Write [it](exercise:line.loss), then [go on](stage:01_line).")
    linked = markup.link_exercises(rendered, lambda link: "/" + link.replace(":", "/"))
    assert 'href="/exercise/line.loss"' in linked
    assert 'href="/stage/01_line"' in linked


def test_a_drawing_keeps_its_shapes_and_loses_what_could_act():
    raw = (
        '<svg viewBox="0 0 4 4"><style>*{fill:red}</style><script>alert(1)</script>'
        '<defs><path id="m" d="M0 0"/></defs><g clip-path="url(#p)" onclick="x()">'
        '<use xlink:href="#m" style="fill: var(--yours,#0072b2)"/>'
        '<use href="https://evil.example/x#a"/><a href="javascript:x()">t</a>'
        '<rect style="fill:url(https://evil.example)"/><foreignObject><p>x</p></foreignObject>'
        "</g></svg>"
    )
    cleaned = markup.clean_svg(raw)
    assert 'viewBox="0 0 4 4"' in cleaned
    assert 'xlink:href="#m"' in cleaned
    assert "var(--yours,#0072b2)" in cleaned
    for word in ("script", "<style", "onclick", "evil", "javascript", "foreignObject"):
        assert word not in cleaned
