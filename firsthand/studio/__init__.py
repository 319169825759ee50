"""The web door: a studio on loopback in which to read, write, check, compare and remember.

app.py         the application, put together
server.py      the server that runs it
security.py    who may talk to it
state.py       the journey, the grader and the news that all pages share
markup.py      Markdown and TeX to safe HTML
lesson.py      a stage's lesson with its figures
pages/         one module for each page
"""

from firsthand.studio.app import create_app
from firsthand.studio.security import Key
from firsthand.studio.server import Server

__all__ = ["Key", "Server", "create_app"]
