"""Groups of forecasts by which a report breaks results down: the month and the day of the week."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from firsthand.train.data.contract import Part
    from firsthand.train.data.series.table import Table
    from firsthand.train.data.series.windows import Windows

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def slices_of(parts: dict[Part, Windows], table: Table) -> dict[str, dict[Part, list[str]]]:
    """Return the month and the day of the week of the first step that each window forecasts."""
    unit, step = table.clock.unit, table.clock.step
    slices: dict[str, dict[Part, list[str]]] = {}
    if not table.times or (unit == "months" and step >= 12):
        return slices
    times: dict[Part, list[datetime]] = {
        part: [table.times[int(origin) + 1] for origin in windows.origins]
        for part, windows in parts.items()
    }
    slices["month"] = {part: [MONTHS[t.month - 1] for t in of] for part, of in times.items()}
    if unit == "working days" or (unit == "seconds" and step <= 86400):
        slices["day of the week"] = {
            part: [DAYS[t.weekday()] for t in of] for part, of in times.items()
        }
    return slices
