"""Who may talk to the studio: the browser window that was opened with its key, and nobody else.

The studio runs code, so it is guarded as Jupyter is:

- it listens on loopback, and answers only to loopback names (against DNS rebinding);
- a request that names an ``Origin``, or that the browser says comes from elsewhere, must come
  from the very address it is sent to, streams included;
- every page and every answer needs the key, which the opening address carries once and a
  ``SameSite=Strict`` cookie from then on;
- whatever changes something also needs a header that no other site can send;
- bodies are bounded before anyone reads them.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = ("127.0.0.1", "localhost", "::1")
BODY_LIMIT = 2_000_000  # bytes; a learner's file is a hundredth of it
SAFE = ("GET", "HEAD")
PROOF_HEADER = "x-firsthand"


class TooLargeError(HTTPException):
    """A body grew beyond its limit while it was being read."""

    def __init__(self) -> None:
        super().__init__(413, "That is too large.")


class Key:
    """The secret of one start of the studio, and what is derived from it."""

    def __init__(self, token: str | None = None) -> None:
        self.token = token or secrets.token_urlsafe(32)

    @property
    def proof(self) -> str:
        """What a page sends back with every change; worth nothing without the cookie."""
        return hmac.new(self.token.encode(), b"proof", hashlib.sha256).hexdigest()

    def opens(self, given: str) -> bool:
        """Whether ``given`` is the key."""
        return hmac.compare_digest(given.encode(), self.token.encode())

    def proves(self, given: str) -> bool:
        """Whether ``given`` is the proof."""
        return hmac.compare_digest(given.encode(), self.proof.encode())


def host_of(header: str) -> str:
    """Return the host name in a ``Host`` header, without its port or brackets."""
    if header.startswith("["):
        return header[1:].partition("]")[0]
    return header.rpartition(":")[0] if header.count(":") == 1 else header


def cookie_name(headers: Mapping[str, str]) -> str:
    """Return the cookie's name for this address: cookies are shared between ports."""
    return "firsthand-" + (headers.get("host", "").rpartition(":")[2] or "80")


class Guard:
    """The middleware in front of everything.

    Parameters
    ----------
    app : ASGIApp
    key : Key
    limits : mapping of path to bytes
        Paths that accept more than :data:`BODY_LIMIT`, such as an upload.
    """

    def __init__(self, app: ASGIApp, key: Key, limits: Mapping[str, int] | None = None) -> None:
        self.app = app
        self.key = key
        self.limits = dict(limits or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with what it lacks."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # the studio speaks no WebSocket
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})["nonce"] = nonce

        async def guarded_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_headers(MutableHeaders(scope=message), nonce, scope["path"])
            await send(message)

        headers = Headers(scope=scope)
        limit = self.limits.get(scope["path"], BODY_LIMIT)
        answer = self._refusal(scope, headers, limit) or self._entrance(scope, headers)
        if answer is not None:
            await answer(scope, receive, guarded_send)
            return
        await self.app(scope, bounded(receive, limit), guarded_send)

    def _refusal(self, scope: Scope, headers: Headers, limit: int) -> Response | None:
        """Return why a request is turned away, or None."""
        if host_of(headers.get("host", "")) not in LOOPBACK:
            return refuse(421, "This address is not the studio's.", headers)
        origin = headers.get("origin")
        if origin is not None and origin != f"http://{headers['host']}":
            return refuse(403, "This request comes from another site.", headers)
        site = headers.get("sec-fetch-site", "same-origin")
        navigation = headers.get("sec-fetch-mode") == "navigate" and scope["method"] == "GET"
        framed = headers.get("sec-fetch-dest", "document") != "document"
        if site not in ("same-origin", "none") and not (navigation and not framed):
            return refuse(403, "This request comes from another site.", headers)
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > limit:
            return refuse(413, f"That is larger than {limit // 1_000_000} MB.", headers)
        return None

    def _entrance(self, scope: Scope, headers: Headers) -> Response | None:
        """Let in who has the key; hand the cookie to who brings it in the address."""
        path: str = scope["path"]
        if path.startswith("/static/") and scope["method"] in SAFE:
            return None
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if scope["method"] == "GET" and path == "/" and given and self.key.opens(given):
            response = RedirectResponse("/", 303)
            response.set_cookie(
                cookie_name(headers), self.key.token, httponly=True, samesite="strict", path="/"
            )
            return response
        if not self.key.opens(read_cookie(headers, cookie_name(headers))):
            return refuse(
                403, "Open the address that the terminal printed; it has the key.", headers
            )
        if scope["method"] not in SAFE and not self.key.proves(headers.get(PROOF_HEADER, "")):
            return refuse(403, "This request was not made by a page of the studio.", headers)
        return None


def read_cookie(headers: Headers, name: str) -> str:
    """Return a cookie's value, empty where there is none."""
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def bounded(receive: Receive, limit: int) -> Receive:
    """Count what comes in, whatever ``Content-Length`` said."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise TooLargeError
        return message

    return counted


def refuse(status: int, why: str, headers: Headers) -> Response:
    """Say no, as a page to a person and as JSON to a program."""
    if "text/html" in headers.get("accept", ""):
        page = (
            "<!doctype html><html lang='en'><meta charset='utf-8'><title>firsthand</title>"
            "<link rel='stylesheet' href='/static/css/studio.css'>"
            f"<main class='refusal'><h1>Not this way</h1><p>{why}</p></main></html>"
        )
        return HTMLResponse(page, status)
    return JSONResponse({"detail": why}, status)


def add_headers(headers: MutableHeaders, nonce: str, path: str) -> None:
    """Tell the browser to load nothing from elsewhere and to run nothing that is not a file."""
    policy = (
        "default-src 'none'; script-src 'self'; connect-src 'self'; font-src 'self'; "
        f"img-src 'self' data:; style-src 'self' 'nonce-{nonce}'; "
        # KaTeX and the pictures place things by style attributes; sanitised text has none
        "style-src-attr 'unsafe-inline'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    headers.setdefault("content-security-policy", policy)
    headers["x-content-type-options"] = "nosniff"
    headers["referrer-policy"] = "no-referrer"
    headers["cross-origin-opener-policy"] = "same-origin"
    headers["cross-origin-resource-policy"] = "same-origin"
    headers["permissions-policy"] = "camera=(), microphone=(), geolocation=()"
    headers.setdefault("cache-control", "no-cache" if path.startswith("/static/") else "no-store")
