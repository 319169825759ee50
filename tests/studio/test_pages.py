"""The pages as a server hands them out."""

import re
import shutil
import threading
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from firsthand.study.content import load_curriculum
from firsthand.study.memory.cards import add_card
from tests.studio.serving import SCHOOL, Running, at, school, serve

PAGES = (
    "/",
    "/path",
    "/stage/00_reading/learn",
    "/stage/00_reading/recall",
    "/stage/01_line/learn",
    "/stage/01_line/code",
    "/stage/01_line/compare",
    "/stage/01_line/recall",
    "/exercise/line.predict",
    "/exercise/line.loss",
    "/review",
    "/cards",
    "/cards/new",
    "/progress",
    "/settings",
)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_a_title_and_one_heading(running: Running, path: str):
    answer = running.get(path)
    assert answer.status_code == 200
    assert re.search(r"<title>[^<]+ · firsthand</title>", answer.text)
    assert answer.text.count("<h1>") == 1
    assert 'lang="en"' in answer.text
    assert 'href="#main"' in answer.text


def test_no_link_is_dead(running: Running):
    seen: set[str] = set()
    waiting = ["/"]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = running.get(path)
        if answer.status_code == 303:
            continue
        assert answer.status_code == 200, path
        if "html" in answer.headers["content-type"]:
            links = re.findall(r'<a[^>]* href="(/[^"#]*)', answer.text)
            waiting += [link.replace("&amp;", "&") for link in links]
    assert "/stage/01_line/compare" in seen
    assert not [path for path in seen if "02_curve" in path]


def test_a_stage_to_come_is_told_and_not_linked(running: Running):
    text = running.get("/path").text
    assert "A curve" in text
    assert "coming" in text
    assert running.get("/stage/02_curve/learn").status_code == 404


def test_what_is_not_there_is_said_in_words(running: Running):
    answer = running.get("/stage/99/learn")
    assert answer.status_code == 404
    assert "There is no stage called" in answer.text
    assert running.get("/nothing").status_code == 404
    plain = httpx.get(f"{running.base}/nothing", headers={"Cookie": running.cookie})
    assert plain.json()["detail"]


def test_without_a_journey_the_first_page_offers_one(tmp_path: Path):
    with serve(tmp_path / "ml_journey") as studio:
        answer = studio.get("/")
        assert answer.status_code == 303
        assert answer.headers["location"] == "/welcome"
        assert str(tmp_path / "ml_journey") in studio.get("/welcome").text
        begun = studio.post("/welcome")
        assert begun.headers["hx-redirect"] == "/stage/00_reading/learn"
        assert (tmp_path / "ml_journey" / ".firsthand" / "progress.db").is_file()
        assert studio.get("/welcome").status_code == 303
        assert studio.get("/").status_code == 200


def test_a_lesson_holds_its_pictures_and_computes_new_ones(running: Running):
    text = running.get("/stage/00_reading/learn").text
    assert text.count('<figure class="figure') == 2
    assert 'href="/exercise/line.predict"' in text
    figure = "/stage/00_reading/figure/line"
    steep = running.post(figure, json={"values": {"slope": 2.0}}).json()
    assert steep["reading"].startswith("The slope is 2.00")
    assert steep["panels"][0]["marks"][0]["y"][-1] == 4.0
    assert running.post(figure, json={"values": {"slope": 99}}).status_code == 422
    assert running.post(figure, json={"values": {"nothing": 1}}).status_code == 422
    assert running.post("/stage/00_reading/figure/none", json={"values": {}}).status_code == 404


def test_saving_writes_the_learners_own_file(fresh: Running):
    source = fresh.get("/exercise/line.predict/source").json()
    file = fresh.studio.folder / "01_line" / "from_scratch" / "line_numpy.py"
    assert source["text"] == file.read_text()
    text = source["text"].replace("raise NotImplementedError", "return 1", 1)
    answer = fresh.post("/exercise/line.predict/source", json={**source, "text": text})
    assert answer.status_code == 200
    assert file.read_text() == text


def test_a_conflict_loses_neither_side(fresh: Running):
    source = fresh.get("/exercise/line.predict/source").json()
    file = fresh.studio.folder / "01_line" / "from_scratch" / "line_numpy.py"
    elsewhere = source["text"] + "# from another editor\n"
    file.write_text(elsewhere)
    mine = {"text": source["text"] + "# from this window\n", "hash": source["hash"]}
    answer = fresh.post("/exercise/line.predict/source", json=mine)
    assert answer.status_code == 409
    assert file.read_text() == elsewhere
    disk = answer.json()["on_disk"]
    assert disk["text"] == elsewhere
    merged = {"text": elsewhere + "# from this window\n", "hash": disk["hash"]}
    assert fresh.post("/exercise/line.predict/source", json=merged).status_code == 200
    assert file.read_text() == merged["text"]


def test_a_change_on_disk_reaches_every_open_page(fresh: Running):
    file = fresh.studio.folder / "01_line" / "from_scratch" / "line_numpy.py"
    done = threading.Event()

    def edit() -> None:  # again and again: the watcher may still be starting
        while not done.wait(0.3):
            file.write_text(file.read_text() + "#\n")

    editor = threading.Thread(target=edit)
    headers = {"Cookie": fresh.cookie}
    with httpx.stream("GET", f"{fresh.base}/events", headers=headers, timeout=10) as news:
        editor.start()
        try:
            told = next(line for line in news.iter_lines() if line.startswith("data:"))
        finally:
            done.set()
            editor.join()
    assert "01_line/from_scratch/line_numpy.py" in told


def test_hints_come_one_by_one_and_end(fresh: Running):
    told = [fresh.post("/exercise/line.loss/hint").text for _ in range(3)]
    assert "What is a residual?" in told[0]
    assert "Hint 2 of 3" in told[0]
    assert "data-hint" not in told[2]
    assert fresh.studio.journey.hints_taken("line.loss") == 3


def test_our_version_is_shown_on_giving_up_and_that_is_recorded(fresh: Running):
    assert fresh.post("/exercise/line.loss/solution").status_code == 422
    shown = fresh.post("/exercise/line.loss/solution?give_up=true")
    assert "predict" in shown.text
    assert fresh.studio.journey.gave_up("line.loss")


def test_starting_over_keeps_a_copy(fresh: Running):
    source = fresh.get("/exercise/line.loss/source").json()
    text = source["text"].replace("raise NotImplementedError", "return 2")
    fresh.post("/exercise/line.loss/source", json={**source, "text": text})
    answer = fresh.post("/exercise/line.loss/reset").json()
    assert (fresh.studio.folder / answer["copy"]).read_text() == text
    assert "return 2" in answer["text"]  # of the other function, which was not asked for
    assert answer["text"].count("raise NotImplementedError") == 1


def test_a_review_is_asked_answered_and_taken_back(fresh: Running):
    fresh.get("/stage/01_line/learn")
    text = fresh.get("/review").text
    item = re.search(r'name="item" value="([^"]+)"', text)[1]
    given = {"item": item, "rating": "3", "seen": "0", "seconds": "2.5"}
    after = fresh.post("/review/answer", data=given).text
    assert f'value="{item}"' not in after
    twice = fresh.post("/review/answer", data=given)  # a second click on the same showing
    assert twice.status_code == 200
    assert len(fresh.studio.journey.store.rows("SELECT * FROM review")) == 1
    assert f'value="{item}"' in fresh.post("/review/undo").text
    assert fresh.post("/review/answer", data={**given, "rating": "2"}).status_code == 404
    assert fresh.post("/review/answer", data={**given, "rating": "9"}).status_code == 422


def test_questions_of_every_kind_are_marked(fresh: Running):
    right = fresh.post("/question/line.choice", data={"choice": "1"}).text
    assert "Right" in right
    assert "signs do not cancel" in right
    assert "Not right" in fresh.post("/question/line.choice", data={"choice": "0"}).text
    assert "Right" in fresh.post("/question/reading.slope", data={"number": "4/2"}).text
    assert fresh.post("/question/reading.slope", data={"number": "two"}).status_code == 422
    both = fresh.post("/question/line.rubric", data={"points": ["0", "1"]}).text
    assert "2 of 2 points" in both
    assert "<form" in fresh.get("/question/line.rubric").text
    assert fresh.studio.journey.answers()["reading.slope"].right


def test_own_cards_are_written_changed_deleted_and_put_back(fresh: Running):
    made = fresh.post("/cards", data={"front": "What is $e$?", "back": "2.718"})
    assert made.headers["hx-redirect"] == "/cards?deck=own"
    [row] = fresh.studio.journey.store.rows("SELECT id FROM card")
    item = row["id"]
    assert "What is" in fresh.get("/cards?deck=own").text
    fresh.post(f"/cards/edit?item={item}", data={"front": "What is $e$?", "back": "2.71828"})
    assert "2.71828" in fresh.get(f"/cards/edit?item={item}").text
    fresh.post(f"/cards/delete?item={item}")
    assert "What is" not in fresh.get("/cards?deck=own").text
    fresh.post("/cards/restore", data={"item": item})
    assert "2.71828" in fresh.get("/cards?deck=own").text
    assert fresh.post("/cards", data={"front": " ", "back": ""}).status_code == 422
    hostile = fresh.post("/cards/preview", data={"front": "<script>x</script>", "back": "b"})
    assert "<script" not in hostile.text


def test_settings_are_kept_and_bounded(fresh: Running):
    form = {
        "schedule": "fixed",
        "retention": "85",
        "buttons": "4",
        "cards_per_day": "30",
        "new_per_day": "5",
        "leech": "4",
    }
    assert fresh.post("/settings", data=form).status_code == 200
    assert 'value="85"' in fresh.get("/settings").text
    assert fresh.post("/settings", data={**form, "retention": "10"}).status_code == 422
    assert 'value="85"' in fresh.get("/settings").text


def test_the_theme_is_remembered(running: Running):
    assert 'data-theme="dark"' in running.get("/", Cookie=f"{running.cookie}; theme=dark").text
    strange = running.get("/", Cookie=f'{running.cookie}; theme="><script>')
    assert "data-theme=" not in strange.text.partition("<head>")[0]


def test_progress_tells_the_days(tmp_path: Path):
    with serve(tmp_path / "ml_journey", clock=at(2026, 3, 4)) as studio:
        journey = studio.studio.open()
        for back in (0, 1, 8):
            moment = studio.studio.clock() - timedelta(days=back)
            journey.visit("01_line", moment)
        text = studio.get("/progress").text
        assert "4 March, 1 min" in text
        assert "3 March, 1 min" in text
        assert "2 March: nothing" in text
        assert studio.get("/progress/recall").status_code == 200


def test_a_lesson_is_read_again_when_its_author_changed_it(tmp_path: Path):
    own = tmp_path / "school"
    shutil.copytree(SCHOOL, own)
    school()  # makes the reference importable
    with serve(tmp_path / "ml_journey", load_curriculum(own)) as studio:
        studio.studio.open()
        page = "/stage/00_reading/learn"
        assert "An afterthought" not in studio.get(page).text
        lesson = own / "00_reading" / "lesson.md"
        lesson.write_text(lesson.read_text() + "\nAn afterthought.\n")
        assert "An afterthought" in studio.get(page).text


def test_a_large_deck_is_searched_and_paged(fresh: Running):
    journey, now = fresh.studio.journey, fresh.studio.clock()
    for number in range(230):
        add_card(journey.store, f"What is {number} squared?", str(number**2), now)
    first = fresh.get("/cards?deck=own").text
    assert first.count("<summary>") == 100
    assert "1 to 100 of 230" in first
    last = fresh.get("/cards?deck=own&start=200").text
    assert last.count("<summary>") == 30
    assert "Later" not in last
    found = fresh.get("/cards?deck=own&find=SQUARED+52441").text
    assert found.count("<summary>") == 1
    assert "What is 229 squared?" in found
    assert "No card of this deck" in fresh.get("/cards?deck=own&find=cubed").text


def test_the_last_comparison_is_there_after_a_restart(tmp_path: Path):
    result = {
        "headline": "All 2 quantities agree.",
        "agrees": True,
        "authors": {"side": "yours"},
        "data": [],
        "notes": [],
        "pairs": [],
    }
    with serve(tmp_path / "ml_journey") as studio:
        journey = studio.studio.open()
        now = studio.studio.clock()
        journey.record_comparison("01", True, now, mine=("predict",), summary={"result": result})
    with serve(tmp_path / "ml_journey") as studio:
        text = studio.get("/stage/01_line/compare").text
        assert "All 2 quantities agree." in text
        assert "Compare again" in text
        older = {"result": {"headline": "From another time."}}
        studio.studio.journey.record_comparison("01", True, now, summary=older)
        assert "From another time" not in studio.get("/stage/01_line/compare").text


def test_a_stage_without_counterpart_is_compared_with_theory(tmp_path: Path):
    with serve(tmp_path / "ml_journey", load_curriculum()) as studio:
        studio.studio.open()
        text = studio.get("/stage/07_perceptron/compare").text
        assert "has no counterpart, on purpose" in text
        assert '<a href="/stage/07_perceptron/compare" aria-current="page">' in text
        assert studio.get("/stage/00_introduction/compare").status_code == 404


def test_the_studios_own_files_are_kept_by_the_browser(running: Running):
    text = running.get("/").text
    address = re.search(r'href="(/static/[0-9a-f]{12}/css/studio.css)"', text)[1]
    assert "immutable" in running.get(address).headers["cache-control"]
    assert running.get(address).text == running.get("/static/css/studio.css").text
