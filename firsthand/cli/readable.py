r"""Mathematics and cards as text that a terminal can show.

    $\frac{1}{n} \sum_i x_i^2$   becomes   1/n ∑ᵢ xᵢ²

TeX that has no sign of its own keeps its source: wrong would be worse than plain.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

_TABLE = """
    alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ iota ι kappa κ
    lambda λ mu μ nu ν xi ξ pi π rho ρ sigma σ tau τ phi φ varphi φ chi χ psi ψ omega ω
    Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Phi Φ Psi Ψ Omega Ω
    sum ∑ prod ∏ int ∫ partial ∂ nabla ∇ infty ∞ cdot · times × pm ± le ≤ leq ≤ ge ≥ geq ≥
    ne ≠ neq ≠ ll ≪ gg ≫ approx ≈ equiv ≡ propto ∝ sim ~ in ∈ notin ∉ subset ⊂ cup ∪ cap ∩
    to → rightarrow → leftarrow ← Rightarrow ⇒ implies ⇒ iff ⇔ mapsto ↦ forall ∀ exists ∃
    ldots ... dots ... cdots ... odot ⊙ otimes ⊗ oplus ⊕ circ ∘ langle ⟨ rangle ⟩ lfloor ⌊
    rfloor ⌋ lceil ⌈ rceil ⌉ mid | ell ℓ top ᵀ perp ⊥ lVert ‖ rVert ‖ lvert | rvert | Vert ‖
    ast ∗ star ⋆ prime ′ min min max max log log ln ln exp exp sin sin cos cos tan tan tanh tanh
    sinh sinh cosh cosh
    det det argmin argmin argmax argmax arg arg tr tr Pr Pr
"""
_WORDS = _TABLE.split()
_SYMBOLS = {
    **dict(zip(_WORDS[::2], _WORDS[1::2], strict=True)),
    "quad": "  ",
    "qquad": "    ",
}
_OPENING = ("lVert", "lvert", "langle", "lfloor", "lceil")
_UP = dict(
    zip(
        "0123456789+-=()niTabcdefghjklmoprstuvwxyz∗⋆'ᵀ",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵀᵃᵇᶜᵈᵉᶠᵍʰʲᵏˡᵐᵒᵖʳˢᵗᵘᵛʷˣʸᶻ*⋆′ᵀ",
        strict=True,
    )
)
_DOWN = dict(
    zip("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True)
)
_ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "dot": "\u0307", "vec": "\u20d7"}
_GROUP = r"\{((?:[^{}]|\{[^{}]*\})*)\}"
_MATHS = re.compile(
    r"\$\$(.+?)\$\$|\$(?!\s)([^$\n]+?)(?<!\s)\$(?!\d)|\\\[(.+?)\\\]|\\\((.+?)\\\)", re.DOTALL
)


def readable(text: str, format: str = "markdown") -> str:
    """Return a side of a card, or a statement, for the terminal; pictures are named."""
    if format == "html":
        text = _html(text)
    else:
        text = re.sub(r"!\[([^\]]*)\]\(([^)]*)\)", r"[picture: \1 \2]", text)
        text = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", text)
    text = _MATHS.sub(lambda m: maths(next(filter(None, m.groups()))), text)
    if format == "markdown":
        text = re.sub(
            r"\*\*(.+?)\*\*|(?<![\w*])\*(?!\s)([^*\n]+?)(?<!\s)\*(?![\w*])",
            lambda m: m[1] or m[2],
            text,
        )
        text = re.sub(r"(?m)^```.*\n?", "", text).replace("`", "")
    return text.strip()


def maths(tex: str) -> str:
    r"""Return TeX as text.

    Examples
    --------
    >>> maths(r"\hat{y}_i = w^\top x_i + b")
    'ŷᵢ = wᵀ xᵢ + b'
    """
    text = re.sub(r"\\(?:left|right|big|Big|bigl|bigr|displaystyle|,|;|!|:)(?![a-zA-Z])", "", tex)
    text = text.replace(r"\\", "\n").replace("&", " ").replace(r"\{", "{").replace(r"\}", "}")
    text = re.sub(r"\\(?:begin|end)\{[^}]*\}", "", text)
    text = re.sub(
        r"\\(?:text|mathrm|mathbf|mathbb|mathcal|mathit|boldsymbol|operatorname\*?)" + _GROUP,
        r"\1",
        text,
    )
    text = re.sub(r"\\(hat|bar|tilde|dot|vec)(?![a-zA-Z])\s*(?:\{(\w)\}|(\w))", _accented, text)
    text = re.sub(r"\\([dt]?frac)\s*(\d)\s*(\w)", r"\\\1{\2}{\3}", text)  # \frac1n
    text = re.sub(  # the logarithm of a fraction, and not a fraction of logarithms
        r"(\\(?:log|ln|exp))\s*(\\[dt]?frac\s*" + _GROUP + r"\s*" + _GROUP + ")", r"\1(\2)", text
    )
    text = re.sub(r"\\([A-Za-z]+)(\s*)(?=(\S?))", _symbol, text)
    text = re.sub(r"([∂∇])\s+(?=\w)", r"\1", text)
    for _ in range(4):  # fractions within fractions
        text = re.sub(r"\\[dt]?frac\s*" + _GROUP + r"\s*" + _GROUP, _fraction, text)
        text = re.sub(r"\\sqrt\s*" + _GROUP, lambda m: "√" + _atom(m[1]), text)
    text = re.sub(r"\^(?:" + _GROUP + r"|(\S))", lambda m: _script(m, "^", _UP), text)
    text = re.sub(r"_(?:" + _GROUP + r"|(\S))", lambda m: _script(m, "_", _DOWN), text)
    lines = (re.sub(r"\s+", " ", line).strip() for line in text.split("\n"))
    return "\n".join(filter(None, lines))


def _symbol(match: re.Match[str]) -> str:
    """Return a command's sign, spaced as TeX would: ``log p`` but ``‖w``."""
    name, blank, following = match[1], match[2], match[3]
    sign = _SYMBOLS.get(name)
    if sign is None:
        return match[0]
    if name in _OPENING:
        return sign
    if sign.isalpha() and len(sign) > 1 and (following.isalnum() or following == "\\"):
        return sign + " "
    return sign + blank


def _accented(match: re.Match[str]) -> str:
    from unicodedata import normalize

    return normalize("NFC", (match[2] or match[3]) + _ACCENTS[match[1]])


def _fraction(match: re.Match[str]) -> str:
    return f"{_atom(match[1])}/{_atom(match[2])}"


def _atom(text: str) -> str:
    """Put parentheses around what is more than one thing."""
    text = text.strip()
    return (
        text
        if re.fullmatch(r"[\d.]+|[∂∇√]?[^\W\d][^\W\d]*[ᵀ\u0300-\u036f]?", text)
        else f"({text})"
    )


def _script(match: re.Match[str], mark: str, letters: dict[str, str]) -> str:
    inner = (match[1] if match[1] is not None else match[2]).strip()
    small = [letters.get(c) for c in inner.replace(" ", "")]
    if all(small):
        return "".join(filter(None, small))
    return f"{mark}{_atom(inner)}"


class _Text(HTMLParser):
    """Collects the text of a card's HTML, with line ends where a browser would break."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            facts = dict(attrs)
            name = facts.get("alt") or "see it in the studio"
            self.parts.append(f"[picture: {name}]")
        elif tag in ("br", "hr", "div", "p", "tr", "ul", "ol", "pre", "h1", "h2", "h3"):
            self.parts.append("\n")
        elif tag == "li":
            self.parts.append("\n- ")

    def handle_data(self, data: str) -> None:
        self.parts.append(data.replace("\u00a0", " "))


def _html(text: str) -> str:
    parser = _Text()
    parser.feed(text)
    parser.close()
    lines = (line.strip() for line in "".join(parser.parts).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))
