"""Mathematics as terminal text: right where it changes, untouched where it cannot be said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firsthand.cli.readable import maths, readable


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"\frac{1}{n} \sum_i x_i^2", "1/n ∑ᵢ xᵢ²"),
        (r"\frac{1}{2m}", "1/(2m)"),
        (r"\frac{n (n + 1)}{2}", "(n (n + 1))/2"),
        (r"\frac{\partial J}{\partial w}", "∂J/∂w"),
        (r"\frac{1}{1 + \frac{1}{x}}", "1/(1 + 1/x)"),
        (r"\hat{y}_i = w^\top x_i + b", "ŷᵢ = wᵀ xᵢ + b"),
        (r"x^{(i)}", "x⁽ⁱ⁾"),
        (r"X^{-1}", "X⁻¹"),
        (r"W_{t+1}", "Wₜ₊₁"),
        (r"x_{\max} y_{AB}", "xₘₐₓ y_AB"),
        (r"\sqrt{a + b}", "√(a + b)"),
        (r"1 + \dots + n", "1 + ... + n"),
        (r"\mathbb{R}^n", "Rⁿ"),
        (r"\unknown{x}", r"\unknown{x}"),
        (r"\begin{bmatrix}1 & 2\\3 & 4\end{bmatrix}", "1 2\n3 4"),
        (r"\log\frac{p}{1-p}", "log(p/(1-p))"),
        (r"\log p", "log p"),
        (r"\tfrac12\lVert w\rVert^2", "1/2‖w‖²"),
        (r"\cosh z", "cosh z"),
        (r"a \le b \neq c \in S", "a ≤ b ≠ c ∈ S"),
    ],
)
def test_maths(tex: str, text: str) -> None:
    assert maths(tex) == text


@pytest.mark.parametrize(
    ("text", "format", "shown"),
    [
        ("**bold** and `np.dot`", "markdown", "bold and np.dot"),
        ("costs $5 and $6", "markdown", "costs $5 and $6"),
        ("[a link](exercise:x)", "markdown", "a link"),
        ("![loss](media/x.png)", "markdown", "[picture: loss media/x.png]"),
        ("$$x^2$$", "markdown", "x²"),
        ("a<div>b&nbsp;<b>c</b></div>", "html", "a\nb c"),
        (r'<img src="media/x.jpg" alt="curve">\(x^2\)', "html", "[picture: curve]x²"),
        ("a &lt; b", "html", "a < b"),
        ("2 * 3 * 4", "markdown", "2 * 3 * 4"),
        ("so:\n\n```python\nx = 1\n```", "markdown", "so:\n\nx = 1"),
    ],
)
def test_text(text: str, format: str, shown: str) -> None:
    assert readable(text, format) == shown


@given(st.text(max_size=200), st.sampled_from(["markdown", "html"]))
def test_any_text_can_be_shown(text: str, format: str) -> None:
    assert isinstance(readable(text, format), str)
