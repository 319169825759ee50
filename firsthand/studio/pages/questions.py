"""The Recall tab: verification questions, what they prove, and the stage's cards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from firsthand.studio.pages.layout import fragment, page
from firsthand.studio.state import TheJourney, TheStudio
from firsthand.study.content import Question
from firsthand.study.errors import UnknownNameError
from firsthand.study.memory.log import memories
from firsthand.study.progress import checkpoint
from firsthand.study.questions import answer_question, find_question
from firsthand.study.record import Answered

router = APIRouter()


@router.get("/stage/{name}/recall")
def recall(request: Request, name: str, studio: TheStudio, journey: TheJourney) -> Response:
    """Show the stage's questions, its claims with their evidence, and its cards."""
    stage = studio.curriculum.stage(name)
    if not stage.written:
        raise UnknownNameError("stage ready to recall", stage.title, [])
    known = memories(journey.store)
    answers = journey.answers()
    cards = stage.cards()
    return page(
        request,
        "recall.html",
        stage=stage,
        tab="recall",
        here=stage.name,
        questions=[shown(q, answers.get(q.id)) for q in stage.questions()],
        right=sum(q.id in answers and answers[q.id].right for q in stage.questions()),
        proofs=checkpoint(journey, stage, studio.clock()),
        cards=len(cards),
        learned=sum(f"card:{c.id}" in known for c in cards),
        begun=stage.name in journey.begun(),
    )


@router.post("/question/{id}")
def answered(
    id: str,
    studio: TheStudio,
    journey: TheJourney,
    choice: Annotated[int | None, Form()] = None,
    number: Annotated[str | None, Form(max_length=100)] = None,
    points: Annotated[list[int] | None, Form()] = None,
) -> Response:
    """Mark an answer and show the model answer beside it."""
    question = find_question(journey, id)
    given: Any = points or []
    if question.choices:
        given = choice
    elif question.number is not None:
        given = number or ""
    result = answer_question(journey, id, given, studio.clock())
    return fragment("question.html", **shown(question, result))


@router.get("/question/{id}")
def again(id: str, journey: TheJourney) -> Response:
    """Show a question as it was before it was answered."""
    return fragment("question.html", **shown(find_question(journey, id), None))


def shown(question: Question, answer: Answered | None) -> Mapping[str, Any]:
    """Return what the question's template says."""
    word = ""
    if answer is not None and question.rubric:
        word = f"{len(answer.given)} of {len(question.rubric)} points"
    elif answer is not None:
        word = "Right" if answer.right else "Not right"
    return {"q": question, "answer": answer, "word": word}
