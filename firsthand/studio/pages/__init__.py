"""The pages of the studio, one module each."""

from firsthand.studio.pages import (
    cards,
    code,
    compare,
    learn,
    path,
    progress,
    questions,
    review,
    settings,
    today,
    welcome,
)

ROUTERS = tuple(
    module.router
    for module in (
        welcome,
        today,
        path,
        learn,
        code,
        compare,
        cards,
        questions,
        review,
        progress,
        settings,
    )
)
