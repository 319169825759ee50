"""Every formula of the curriculum, as the page will show it: KaTeX typesets all of them."""

import base64
import html
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from firsthand.studio import markup
from firsthand.study.checking import Misconception
from firsthand.study.content import load_curriculum
from firsthand.study.figures import Figure

KATEX = Path(markup.__file__).parent / "static" / "vendor" / "katex" / "katex.js"
FORMULA = re.compile(r'<span class="math (inline|display)">(.*?)</span>', re.S)
CODE = re.compile(r"<pre.*?</pre>|<code>.*?</code>", re.S)
PAGE = """<pre id="refused">nothing ran</pre><script type="module">
const {default: katex} = await import("data:text/javascript;base64,KATEX");
const refused = [];
for (const [where, kind, tex] of FORMULAS) {
  try {
    katex.renderToString(tex, {displayMode: kind === "display", strict: "error"});
  } catch (error) {
    refused.push(`${where}: ${tex}: ${error.message}`);
  }
}
document.getElementById("refused").textContent = JSON.stringify(refused);
</script>"""


def texts(stage):
    """Every text of a stage that passes through Markdown, and where it stands."""
    yield "lesson.md", stage.read("lesson.md")
    for exercise in stage.exercises:
        yield exercise.id, exercise.statement
        yield from ((f"a hint of {exercise.id}", hint) for hint in exercise.hints)
    yield from (("a claim", claim.text) for claim in stage.claims)
    for card in stage.cards():
        yield from ((f"card {card.id}", side) for side in (card.front, card.back))
    for question in stage.questions():
        for text in (question.prompt, question.answer, *question.choices, *question.rubric):
            yield f"question {question.id}", text
    for wrong in stage.declared("misconceptions.py", Misconception):
        yield f"misconception {wrong.name}", wrong.explanation
    for figure in stage.declared("figures.py", Figure):
        yield f"figure {figure.name}", figure.caption


RENDERED = [
    (f"{stage.name}, {where}", markup.render(text))
    for stage in load_curriculum().written
    for where, text in texts(stage)
]


@pytest.mark.browser
def test_katex_typesets_every_formula(tmp_path):
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("needs Chromium to run KaTeX: sudo apt-get install chromium")
    formulas = [
        (where, kind, html.unescape(tex))
        for where, page in RENDERED
        for kind, tex in FORMULA.findall(page)
    ]
    assert len(formulas) > 1000
    source = base64.b64encode(KATEX.read_bytes()).decode()
    listed = json.dumps(formulas).replace("<", "\\u003c")
    page = tmp_path / "formulas.html"
    page.write_text(PAGE.replace("KATEX", source).replace("FORMULAS", listed), "utf-8")
    flags = "--headless --no-sandbox --disable-gpu --disable-background-networking --no-first-run"
    once = "--virtual-time-budget=20000 --dump-dom"  # print the page after its scripts have run
    shown = subprocess.run(
        [chromium, *flags.split(), *once.split(), f"--user-data-dir={tmp_path}", page.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    ).stdout
    refused = re.search(r'<pre id="refused">(.*?)</pre>', shown, re.S)
    assert refused is not None
    assert json.loads(html.unescape(refused[1])) == []


def test_no_formula_and_no_code_is_left_in_the_prose():
    """A stray sign means a formula that Markdown missed, or code that it set as prose.

    The typographer turns ``y[..., None]`` and ``g'(Z)`` into other signs unless they are code.
    """
    for where, page in RENDERED:
        prose = html.unescape(re.sub(r"<[^>]+>", "", CODE.sub("", FORMULA.sub("", page))))
        stray = re.search(r"[$\\`©®™]|\[…|\*\*|\w[’']\s*[(@]", prose)
        assert stray is None, f"{where}: {prose[max(0, stray.start() - 40) : stray.end() + 20]}"
