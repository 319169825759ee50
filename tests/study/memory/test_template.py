"""Anki's template language, by the examples of its manual."""

import pytest

from firsthand.study.memory.anki.template import Template, cloze_text, clozes, is_empty, sides

FIELDS = {"Front": "f", "Back": "b", "Empty": "<br>", "Text": "<i>t</i>"}


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("{{Front}}-{{ Back }}", "f-b"),
        ("{{#Front}}yes{{/Front}}{{#Empty}}no{{/Empty}}", "yes"),
        ("{{^Front}}no{{/Front}}{{^Empty}}yes{{/Empty}}{{^Absent}}!{{/Absent}}", "yes!"),
        ("{{#Front}}{{#Back}}both{{/Back}}{{/Front}}", "both"),
        ("{{text:Text}}", "t"),
        ("{{type:Back}}", ""),
        ("{{tts en_US:Front}}", ""),
        ("{{hint:Back}}", "b"),
        ("{{Nothing}}", ""),
        ("a<!-- {{Front}} -->b", "ab"),
    ],
)
def test_questions(question: str, shown: str) -> None:
    assert sides(Template("", question, ""), FIELDS)[0] == shown


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ("{{FrontSide}}\n\n<hr id=answer>\n\n{{Back}}", "b"),
        ("{{Front}}<hr id=answer>{{Back}}", "b"),
        ("{{Front}} is {{Back}}", "f is b"),
        ("{{type:Back}}", "b"),
        ("other<hr id=answer>{{Back}}", "other<hr id=answer>b"),
    ],
)
def test_answers_do_not_repeat_the_question(answer: str, shown: str) -> None:
    assert sides(Template("", "{{Front}}", answer), FIELDS)[1] == shown


@pytest.mark.parametrize(
    ("text", "wanted", "question", "answer"),
    [
        ("{{c1::a}} b", 1, "[...] b", "a b"),
        ("{{c1::a::hint}} b", 1, "[hint] b", "a b"),
        ("{{c1::a}} {{c2::b}}", 2, "a [...]", "a b"),
        ("{{c1::a {{c2::b}} c}}", 1, "[...]", "a b c"),
        ("{{c1::a {{c2::b}} c}}", 2, "a [...] c", "a b c"),
        ("{{c1,2::a}}", 2, "[...]", "a"),
        ("x }} y", 1, "x }} y", "x }} y"),
        ("{{c1::never closed", 1, "{{c1::never closed", "{{c1::never closed"),
        (r"\(\frac{1}{2}\) {{c1::z}}", 1, r"\(\frac{1}{2}\) [...]", r"\(\frac{1}{2}\) z"),
    ],
)
def test_cloze_deletions(text: str, wanted: int, question: str, answer: str) -> None:
    def plain(html: str) -> str:
        return html.replace('<span class="cloze">', "").replace("</span>", "")

    assert plain(cloze_text(text, wanted, asking=True)) == question
    assert plain(cloze_text(text, wanted, asking=False)) == answer


def test_the_numbers_of_deletions() -> None:
    assert clozes("{{c1::a}} {{c3,4::b}} {{d5::c}}") == {1, 3, 4}


@pytest.mark.parametrize(
    ("html", "empty"),
    [("", True), ("<br>&nbsp;<div></div>", True), ("a", False), ('<img src="x">', False)],
)
def test_what_shows_nothing(html: str, empty: bool) -> None:
    assert is_empty(html) is empty
