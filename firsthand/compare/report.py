"""A comparison as one HTML page that needs no other file and no network."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape

from firsthand.compare.agreement import number
from firsthand.compare.comparison import Comparison, Pair, Picture, Source
from firsthand.compare.conventions import Convention
from firsthand.compare.networks import NAMES
from firsthand.compare.table import explain, verdict
from firsthand.compare.text import duration, how_long

CSS = """
:root{--paper:#fcfbf7;--ink:#1c1d1f;--soft:#66645e;--hair:#e4e0d6;--tint:#f4f1e9;
--yours:#0072b2;--ours:#00805e;--library:#c8540a;--bad:#b3261e;
--serif:'Source Serif 4',Georgia,'Noto Serif',serif;--sans:Inter,system-ui,sans-serif;
--mono:'JetBrains Mono',ui-monospace,monospace;color-scheme:light dark}
@media (prefers-color-scheme:dark){:root{--paper:#17181a;--ink:#e9e6de;--soft:#a19d93;
--hair:#303236;--tint:#1f2124;--yours:#56b4e9;--ours:#3ccf9f;--library:#f0954a;--bad:#ff8a80}}
*{box-sizing:border-box}
html{font-size:18px}
body{margin:0;background:var(--paper);color:var(--ink);font:400 1rem/1.6 var(--serif)}
main{max-width:62rem;margin:0 auto;padding:3rem 2rem 4rem}
.kicker{margin:0 0 .5rem;font:500 .72rem/1 var(--sans);color:var(--soft)}
h1{margin:0;font:600 2.4rem/1.1 var(--serif);letter-spacing:-.02em}
.lede{margin:.7rem 0 .3rem;font-size:1.16rem;line-height:1.45}
.whose,.data{font:400 .76rem/1.6 var(--sans);color:var(--soft);margin:.2rem 0}
section{border-top:1px solid var(--hair);margin-top:2.4rem;padding-top:1.6rem}
h2{font:600 1.35rem/1.25 var(--serif);margin:0 0 .3rem}
h2 .no{color:var(--bad)}
.sides{display:grid;grid-template-columns:auto minmax(0,1fr);gap:.1rem 1rem;margin:.6rem 0;
font:400 .78rem/1.6 var(--mono);overflow-wrap:anywhere}
.sides dt{font:600 .74rem/1.7 var(--sans)}.sides dd{margin:0}
.yours{color:var(--yours)}.ours{color:var(--ours)}.library{color:var(--library)}
.convention{font-size:1.06rem;margin:.8rem 0;max-width:46rem}
.convention code{font-size:.9em}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font:400 .78rem/1.55 var(--mono);
font-variant-numeric:tabular-nums;margin:.6rem 0 1rem}
th,td{text-align:left;vertical-align:top;padding:.28rem 1.2rem .28rem 0;
border-bottom:1px solid var(--hair)}
thead th{font:400 .72rem/1.5 var(--sans);color:var(--soft);white-space:nowrap}
tbody th{font:500 .8rem/1.55 var(--sans)}
.n{text-align:right;white-space:nowrap}
.why{font:400 .72rem/1.55 var(--sans);color:var(--soft);min-width:14rem}
.differs{color:var(--bad);font-weight:600;white-space:nowrap}.same{color:var(--ours)}
.facts{font:400 .78rem/1.7 var(--sans);margin:0 0 .8rem;padding:0;list-style:none}
.facts b{font-weight:600}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(22rem,100%),1fr));
gap:1.6rem 2.4rem;margin-top:1.2rem}
figure{margin:0;min-width:0}figure svg{display:block;width:100%;height:auto;max-height:24rem}
figure{max-width:31rem}
figcaption{font:400 .74rem/1.5 var(--sans);color:var(--soft);margin-top:.4rem}
figcaption b{color:var(--ink);font-weight:600}
details{font:400 .76rem/1.6 var(--sans);margin:.2rem 0 1rem}
summary{cursor:pointer;color:var(--soft)}
.data b{color:var(--ink);font-weight:600}
@media (max-width:700px){html{font-size:17px}main{padding:1.6rem 1.2rem 3rem}h1{font-size:1.9rem}
thead{display:none}table,tbody,tr{display:block}
tbody tr{display:grid;grid-template-columns:1fr auto auto;gap:.1rem 1rem;padding:.5rem 0;
border-bottom:1px solid var(--hair)}th,td{border:0;padding:0}
.tolerance::before{content:"≤ "}.agreement th,.agreement .why{grid-column:1/-1}
.agreement .n{text-align:left}}
@media print{section{break-inside:avoid}}
"""


def page(comparisons: Sequence[Comparison]) -> str:
    """Return the whole page for one comparison or several."""
    title = comparisons[0].title if len(comparisons) == 1 else "Compared with the library"
    body = "".join(map(_comparison, comparisons))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)} · firsthand compare</title><style>{CSS}</style></head>"
        f"<body><main>{body}</main></body></html>\n"
    )


def _what(name: str) -> str:
    """Return what a name stands for: a stage begins with its number, a family has none."""
    if name in NAMES:
        return f"Network {name}"
    return f"Stage {name[:2]}" if name[:2].isdigit() else f"Family {name}"


def _comparison(comparison: Comparison) -> str:
    side = comparison.authors.side
    pairs = "".join(_pair(pair, side) for pair in comparison.pairs)
    told = "".join(map(_data, comparison.data))
    data = f"<section><h2>Data</h2>{told}</section>" if told else ""
    return (
        f'<article><p class="kicker">{escape(_what(comparison.stage))} · compare</p>'
        f"<h1>{escape(comparison.title)}</h1>"
        f'<p class="lede">{escape(comparison.headline)}</p>'
        f'<p class="whose">{escape(" ".join((comparison.authors.said(), *comparison.notes)))}</p>'
        f"{pairs}{data}</article>"
    )


def _pair(pair: Pair, side: str) -> str:
    sign = "✓" if pair.agrees else '<span class="no">✗</span>'
    figures = "".join(map(_figure, pair.pictures))
    return (
        f"<section><h2>{sign} {escape(pair.title)}</h2>"
        f'<p class="data">{escape(pair.data)}</p>'
        f'<dl class="sides"><dt class="{side}">{side}</dt><dd>{escape(pair.scratch)}</dd>'
        f'<dt class="library">{escape(pair.oracle)}</dt><dd>{escape(pair.library)}</dd></dl>'
        f"{_convention(pair.convention)}{_rows(pair)}{_facts(pair, side)}"
        f"{f'<div class=figures>{figures}</div>' if figures else ''}</section>"
    )


def _rows(pair: Pair) -> str:
    head = (
        '<tr><th scope="col">quantity</th><th scope="col" class="n">largest difference</th>'
        '<th scope="col" class="n">tolerance</th><th scope="col">agrees</th>'
        '<th scope="col">why this tolerance</th></tr>'
    )
    reasons = [explain(row) for row in pair.rows]
    told = [why if i == 0 or why != reasons[i - 1] else "" for i, why in enumerate(reasons)]
    rows = "".join(
        f'<tr><th scope="row">{escape(row.quantity)}</th>'
        f'<td class="n">{number(row.difference)}</td>'
        f'<td class="n tolerance">{number(row.tolerance)}</td>'
        f'<td class="{"same" if row.agrees else "differs"}">{verdict(row)}</td>'
        f'<td class="why">{escape(why)}</td></tr>'
        for row, why in zip(pair.rows, told, strict=True)
    )
    table = f'<table class="agreement"><thead>{head}</thead><tbody>{rows}</tbody></table>'
    return f'<div class="wide">{table}</div>'


def _convention(convention: Convention | None) -> str:
    """Return the statement, and under it everything that was tried."""
    if convention is None:
        return ""
    tried = "".join(
        f'<tr><th scope="row">{escape(a.says)}</th><td class="n">{number(a.difference)}</td></tr>'
        for a in convention.tried
    )
    said = escape(convention.statement[0].upper() + convention.statement[1:])
    return (
        f'<p class="convention">{said}.</p><details><summary>{len(convention.tried)} conventions '
        f"tried, and how far apart the sides are under each</summary><table><tbody>{tried}"
        "</tbody></table></details>"
    )


def _facts(pair: Pair, side: str) -> str:
    lines: list[str] = []
    if pair.score:
        known = not math.isnan(pair.score.library)
        theirs = (
            f', <span class="library">{escape(pair.oracle)}</span> {pair.score.library:.6g}'
            if known
            else ""
        )
        lines.append(
            f"<b>{escape(pair.score.name)}</b> "
            f'<span class="{side}">{side}</span> {pair.score.scratch:.6g}{theirs if known else ""}'
        )
    if pair.timing:
        lines.append(
            f'<b>time</b> <span class="{side}">{side}</span> {duration(pair.timing.scratch)}, '
            f'<span class="library">library</span> {duration(pair.timing.library)}: '
            f"{how_long(pair.timing.ratio)} (medians of {pair.timing.runs}, alternating)"
        )
    lines += [escape(note) for note in pair.notes]
    return _list(lines)


def _list(lines: Iterable[str]) -> str:
    items = "".join(f"<li>{line}</li>" for line in lines)
    return f'<ul class="facts">{items}</ul>' if items else ""


def _figure(picture: Picture) -> str:
    return (
        f"<figure>{picture.svg}<figcaption><b>{escape(picture.title)}.</b> "
        f"{escape(picture.reading)}</figcaption></figure>"
    )


def _data(data: Source) -> str:
    what = (data.description, f"{data.source}; {data.licence}.", *data.notes)
    return f'<p class="data"><b>{escape(data.name)}</b> {escape(" ".join(what))}</p>'
