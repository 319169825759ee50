"""The graph of a result as text that Graphviz draws: ``dot -Tsvg graph.dot``."""

from __future__ import annotations

from firsthand.scratch.autograd.tensor import Tensor, topological


def to_dot(result: Tensor) -> str:
    """Return the graph from the leaves, on the left, to ``result``.

    Boxes are leaves, with their name and shape; ellipses operations, with the shape they give.

    Examples
    --------
    >>> x = Tensor([1.0, 2.0], requires_grad=True, name="x")
    >>> print(to_dot(x * x))
    digraph {
      rankdir=LR
      t0 [shape=box label="x (2,)"]
      t1 [shape=ellipse label="* (2,)"]
      t0 -> t1
      t0 -> t1
    }
    """
    lines = ["digraph {", "  rankdir=LR"]
    order = topological(result)
    number = {id(tensor): f"t{place}" for place, tensor in enumerate(order)}
    for tensor in order:
        shape = "ellipse" if tensor.operation else "box"
        called = " ".join(filter(None, (tensor.name, tensor.operation, str(tensor.shape))))
        label = called.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
        lines.append(f'  {number[id(tensor)]} [shape={shape} label="{label}"]')
    for tensor in order:
        for parent, _ in tensor.parents:
            lines.append(f"  {number[id(parent)]} -> {number[id(tensor)]}")
    return "\n".join([*lines, "}"])
