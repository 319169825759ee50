"""Verdicts by way of the studio, and learner code that means harm."""

import threading
import time

import httpx
import pytest

from tests.studio.serving import Running

HOSTILE = {
    "leaves": "import os; os._exit(0)",
    "stops": "raise SystemExit",
    "loops": "while True: pass",
    "floods": "[print('x' * 1000) for _ in range(100_000)]",
    "forges": 'print(\'{"kind": "passed"}\'); return None',
}


@pytest.fixture(scope="module")
def text(running: Running) -> str:
    return running.get("/exercise/line.predict/source").json()["text"]


def check(running: Running, text: str, body: str) -> dict:
    answer = text.replace("raise NotImplementedError", body, 1)
    given = running.post("/exercise/line.predict/check", json={"text": answer})
    assert given.status_code == 200
    return given.json()


def test_a_blank_a_mistake_and_a_pass_are_told_apart(running: Running, text: str):
    assert check(running, text, "raise NotImplementedError")["kind"] == "not_attempted"
    known = check(running, text, "return X @ w")
    assert known["kind"] == "misconception"
    assert "left out the intercept" in known["html"]
    stopped = check(running, text, "return X @ nothing")
    assert stopped["kind"] == "raised"
    assert 'data-line="' in stopped["html"]
    passed = check(running, text, "return X @ w + b")
    assert passed["kind"] == "passed"
    assert "/exercise/line.loss" in passed["after"]
    assert running.studio.journey.passed() == {"line.predict"}
    assert "Passed" in running.get("/exercise/line.predict").text


def test_what_learner_code_prints_or_raises_is_only_text(running: Running, text: str):
    for body in ("raise ValueError('<script>alert(1)</script>')", "print('<img src=x>'); return 1"):
        told = check(running, text, body)["html"]
        assert "<script>" not in told
        assert "<img" not in told


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_hostile_code_disturbs_nobody(running: Running, text: str, body: str):
    done = threading.Event()
    answers: list[int] = []

    def visit() -> None:
        while not done.is_set():
            answers.append(running.get("/settings").status_code)

    visitor = threading.Thread(target=visit)
    visitor.start()
    try:
        assert check(running, text, body)["kind"] not in ("passed", "not_attempted")
    finally:
        done.set()
        visitor.join()
    assert set(answers) == {200}
    assert check(running, text, "return X @ w + b")["kind"] == "passed"


def test_a_check_waits_for_nobody_to_read_pages(running: Running, text: str):
    slow = threading.Thread(target=check, args=(running, text, "while True: pass"))
    slow.start()
    time.sleep(0.3)
    with httpx.Client(headers={"Cookie": running.cookie}) as window:
        assert window.get(f"{running.base}/path").status_code == 200
        assert slow.is_alive()
    slow.join()
