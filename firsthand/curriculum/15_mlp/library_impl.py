"""A multi-layer perceptron as a professional writes it: modules, autograd, batches, early stop.

The features are standardised by the training part's mean and deviation; a validation part
decides which epoch's weights are kept; the test part is looked at once, at the end.
"""

import copy

import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def digits() -> list[TensorDataset]:
    """Return the training, validation and test parts of the 8 by 8 digits."""
    X, y = load_digits(return_X_y=True)
    X, X_test, y, y_test = train_test_split(X, y, test_size=0.2, stratify=y, random_state=0)
    X, X_valid, y, y_valid = train_test_split(X, y, test_size=0.2, stratify=y, random_state=0)
    mean, scale = X.mean(axis=0), X.std(axis=0)
    scale[scale == 0] = 1.0  # pixels that are always white
    return [
        TensorDataset(torch.tensor((A - mean) / scale, dtype=torch.float32), torch.tensor(b))
        for A, b in ((X, y), (X_valid, y_valid), (X_test, y_test))
    ]


def perceptron(n_in: int, hidden: list[int], n_classes: int) -> nn.Sequential:
    """Return linear layers with ReLU between them; softmax is part of the loss."""
    modules: list[nn.Module] = []
    for width in hidden:
        modules += [nn.Linear(n_in, width), nn.ReLU()]
        n_in = width
    return nn.Sequential(*modules, nn.Linear(n_in, n_classes))


@torch.no_grad()
def evaluate(network: nn.Module, data: TensorDataset) -> tuple[float, float]:
    """Return the mean loss and the accuracy."""
    X, y = data.tensors
    scores = network(X)
    right = (scores.argmax(dim=1) == y).float().mean()
    return float(nn.functional.cross_entropy(scores, y)), float(right)


def main(epochs: int = 30) -> tuple[float, float]:
    """Train, keep the best epoch by validation loss, and return the test loss and accuracy."""
    torch.manual_seed(0)
    train, valid, test = digits()
    network = perceptron(64, [64, 32], 10)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1, weight_decay=1e-4)
    best, kept = float("inf"), network.state_dict()
    for _ in range(epochs):
        for X, y in DataLoader(train, batch_size=32, shuffle=True):
            optimizer.zero_grad()  # backward adds to what is there
            nn.functional.cross_entropy(network(X), y).backward()
            optimizer.step()
        loss, _ = evaluate(network, valid)
        if loss < best:
            best, kept = loss, copy.deepcopy(network.state_dict())
    network.load_state_dict(kept)
    return evaluate(network, test)


if __name__ == "__main__":
    loss, accuracy = main()
    print(f"test loss {loss:.3f}   accuracy {accuracy:.1%}")
