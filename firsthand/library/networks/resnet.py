"""A residual network for small pictures, its parts named as in published CIFAR-10 weights."""

from __future__ import annotations

from typing import Any

from firsthand.library.support import require


def resnet(
    *,
    n_blocks: int = 3,
    n_classes: int = 10,
    in_channels: int = 3,
    channels: tuple[int, int, int] = (16, 32, 64),
    shortcut: str = "project",
) -> Any:
    """Return ResNet-(6 n_blocks + 2), its shortcuts projected or padded with zeros."""
    torch = require("torch")
    nn, functional = torch.nn, torch.nn.functional

    def conv(n_in: int, n_out: int, stride: int) -> Any:
        return nn.Conv2d(n_in, n_out, 3, stride, 1, bias=False)

    class Pad(nn.Module):
        def __init__(self, n_in: int, n_out: int, stride: int) -> None:
            super().__init__()
            self.stride, self.more = stride, n_out - n_in

        def forward(self, X: Any) -> Any:
            before = self.more // 2
            around = (0, 0, 0, 0, before, self.more - before)
            return functional.pad(X[..., :: self.stride, :: self.stride], around)

    class Block(nn.Module):
        def __init__(self, n_in: int, n_out: int, stride: int) -> None:
            super().__init__()
            self.conv1, self.bn1 = conv(n_in, n_out, stride), nn.BatchNorm2d(n_out)
            self.conv2, self.bn2 = conv(n_out, n_out, 1), nn.BatchNorm2d(n_out)
            self.shortcut = nn.Sequential()
            changes = stride > 1 or n_in != n_out
            if changes and shortcut == "pad":
                self.shortcut = Pad(n_in, n_out, stride)
            elif changes:
                project = nn.Conv2d(n_in, n_out, 1, stride, bias=False)
                self.shortcut = nn.Sequential(project, nn.BatchNorm2d(n_out))

        def forward(self, X: Any) -> Any:
            Z = functional.relu(self.bn1(self.conv1(X)))
            return functional.relu(self.bn2(self.conv2(Z)) + self.shortcut(X))

    def stage(n_in: int, n_out: int, stride: int) -> Any:
        rest = (Block(n_out, n_out, 1) for _ in range(n_blocks - 1))
        return nn.Sequential(Block(n_in, n_out, stride), *rest)

    class ResNet(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            a, b, c = channels
            self.conv1, self.bn1 = conv(in_channels, a, 1), nn.BatchNorm2d(a)
            self.layer1, self.layer2, self.layer3 = stage(a, a, 1), stage(a, b, 2), stage(b, c, 2)
            self.linear = nn.Linear(c, n_classes)

        def forward(self, X: Any) -> Any:
            Z = functional.relu(self.bn1(self.conv1(X)))
            return self.linear(self.layer3(self.layer2(self.layer1(Z))).mean(dim=(-2, -1)))

    return ResNet()
