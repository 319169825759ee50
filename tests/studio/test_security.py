"""What another site, another program and another name for this machine may do: nothing."""

import socket

import httpx
import pytest

from firsthand.studio.security import Key, host_of
from tests.studio.serving import Running

CHECK = "/exercise/line.predict/check"
EVIL = "https://evil.example"


def code(running: Running, method: str, path: str, headers: dict[str, str], **given) -> int:
    return httpx.request(method, running.base + path, headers=headers, **given).status_code


def test_pages_open_with_the_key_and_not_without(running: Running):
    assert running.get("/").status_code == 200
    assert code(running, "GET", "/", {}) == 403
    assert code(running, "GET", "/", {"Cookie": running.cookie[:-1] + "x"}) == 403
    assert code(running, "GET", "/events", {}) == 403
    assert code(running, "GET", "/exercise/line.predict/source", {}) == 403


def test_the_opening_address_hands_over_a_cookie_that_scripts_and_sites_cannot_use(
    running: Running,
):
    answer = httpx.get(running.opening)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/"  # the key leaves the address bar at once
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert httpx.get(f"{running.base}/?token=guess").status_code == 403


def test_every_start_has_its_own_key():
    assert Key().token != Key().token
    assert Key("a").proof != Key("b").proof


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", ""])
def test_dns_rebinding_finds_nobody(running: Running, host: str):
    headers = {**running.headers, "Host": host}
    assert code(running, "GET", "/", headers) == 421
    assert code(running, "GET", "/static/css/studio.css", headers) == 421
    assert code(running, "POST", CHECK, headers, json={"text": ""}) == 421


@pytest.mark.parametrize("host", ["localhost:1", "127.0.0.1:1", "[::1]:1", "localhost"])
def test_names_of_this_machine_are_known(host: str):
    assert host_of(host) in ("localhost", "127.0.0.1", "::1")


def test_a_form_on_another_site_cannot_run_code(running: Running):
    form = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": running.cookie}
    for origin in (EVIL, "null", "http://127.0.0.1:9", "http://localhost"):
        headers = {**form, "Origin": origin}
        assert code(running, "POST", CHECK, headers, content="text=1") == 403
    assert code(running, "POST", "/review/undo", form) == 403  # no origin, but no proof either


def test_a_fetch_from_another_site_is_refused_even_with_everything_else(running: Running):
    headers = {**running.headers, "Origin": EVIL, "Sec-Fetch-Site": "cross-site"}
    assert code(running, "POST", CHECK, headers, json={"text": ""}) == 403
    assert code(running, "GET", "/", {**headers, "Sec-Fetch-Mode": "cors"}) == 403
    preflight = {**headers, "Access-Control-Request-Method": "POST"}
    assert code(running, "OPTIONS", CHECK, preflight) == 403
    assert "access-control-allow-origin" not in running.get("/").headers


def test_another_port_of_this_machine_is_another_site(running: Running):
    headers = {**running.headers, "Origin": "http://127.0.0.1:1"}
    assert code(running, "POST", CHECK, headers, json={"text": ""}) == 403
    headers = {"Cookie": running.cookie, "Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"}
    assert code(running, "GET", "/exercise/line.predict/source", headers) == 403


def test_a_frame_or_image_elsewhere_shows_nothing(running: Running):
    headers = {"Cookie": running.cookie, "Sec-Fetch-Site": "cross-site"}
    framed = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}
    assert code(running, "GET", "/", {**headers, **framed}) == 403
    image = {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
    assert code(running, "GET", "/", {**headers, **image}) == 403


def test_the_news_are_for_the_studios_own_pages(running: Running):
    for foreign in ({"Origin": EVIL}, {"Sec-Fetch-Site": "cross-site"}, {"Host": "evil.example"}):
        headers = {"Cookie": running.cookie, "Accept": "text/event-stream", **foreign}
        assert code(running, "GET", "/events", headers) in (403, 421)


def test_changes_need_the_proof_and_the_cookie(running: Running):
    proof = {"X-Firsthand": running.key.proof}
    cookie = {"Cookie": running.cookie}
    assert code(running, "POST", "/visit", proof, json={"stage": "01_line"}) == 403
    assert code(running, "POST", "/visit", cookie, json={"stage": "01_line"}) == 403
    wrong = {**cookie, "X-Firsthand": "0" * 64}
    assert code(running, "POST", "/visit", wrong, json={"stage": "01_line"}) == 403
    assert running.post("/visit", json={"stage": "01_line"}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/static/../../pyproject.toml",
        "/static/%2e%2e/%2e%2e/app.py",
        "/static/..%2f..%2fsecurity.py",
        "/static//etc/passwd",
        "/media/..%2f..%2fprogress.db",
        "/media/%2e%2e",
        "/stage/..%2f..%2f/learn",
        "/stage/%2e%2e/learn",
        "/exercise/..%2f..%2fx/source",
        "/docs",
        "/openapi.json",
        "/redoc",
    ],
)
def test_path_tricks_lead_nowhere(running: Running, path: str):
    with socket.create_connection(("127.0.0.1", int(running.host.split(":")[1]))) as wire:
        lines = f"GET {path} HTTP/1.1", f"Host: {running.host}", f"Cookie: {running.cookie}"
        wire.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode())
        answer = b""
        while block := wire.recv(65536):
            answer += block
    assert answer.split(b" ")[1] in (b"404", b"422", b"400")


def test_bodies_are_bounded_by_what_they_are_and_not_by_what_they_say(running: Running):
    big = b'{"text": "' + b"x" * 3_000_000 + b'"}'
    headers = {**running.headers, "Content-Type": "application/json"}
    assert code(running, "POST", CHECK, headers, content=big) == 413
    blocks = (b"x" * 100_000 for _ in range(30))  # chunked: no length is announced
    assert code(running, "POST", CHECK, headers, content=blocks) == 413


def test_the_browser_is_told_to_run_and_load_nothing_from_elsewhere(running: Running):
    headers = running.get("/").headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert "no-store" not in running.get("/static/icon.svg").headers["cache-control"]


def test_no_page_holds_a_script_of_its_own(running: Running):
    for path in ("/", "/path", "/stage/00_reading/learn", "/exercise/line.predict", "/review"):
        text = running.get(path).text
        for piece in text.split("<script")[1:]:
            tag, _, rest = piece.partition(">")
            assert "src=" in tag or 'type="application/json"' in tag
            if "src=" in tag:
                assert rest.startswith("</script>")
        assert " onclick=" not in text
        assert "http://" not in text.replace(running.base, "").replace("http://www.w3.org", "")
        assert "https://" not in text
