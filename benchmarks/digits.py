"""New digits by an autoencoder, a VAE and a GAN, in NumPy alone, and a classifier's verdict.

    python benchmarks/digits.py --sheets DIR
    python benchmarks/digits.py vae --epochs 1 --samples 5000

Each learns from the 60,000 training digits of MNIST, in float32. Of what it makes, a hundred are
shown in DIR/NAME.png, and 2,000 are shown to a convolutional network that has been trained on the
same digits: the share of which it is sure (a probability above 0.9), and the entropy of the classes
it sees, at most ln 10 = 2.303 nats. Test digits are judged beside them, as the standard.

The autoencoder copies test digits: each pair of rows is originals and copies, and the share is
also given of copies that still show the class of their original. The VAE decodes draws from a
density, a mixture of normals that is fitted to the codes of digits, and beside it draws from the
one normal that the codes are only half made to fill; the GAN draws from noise, with weights
averaged over the last thousand steps or so.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")

import argparse
import time
import warnings
from pathlib import Path

import numpy as np
from mnist import Array, learn, learn_cnn, scores

from firsthand.data import Images, as_floats, load_mnist
from firsthand.scratch.clusters import GaussianMixture
from firsthand.scratch.errors import ConvergenceWarning
from firsthand.scratch.nn import Network
from firsthand.scratch.nn.layers.activations import sigmoid, softmax
from firsthand.scratch.nn.losses import BinaryCrossEntropy
from firsthand.scratch.nn.models import (
    NegativeELBO,
    autoencoder,
    decode,
    discriminator,
    draw_noise,
    encode,
    gan_step,
    generator,
    sample_gan,
    sample_vae,
    start_small,
    vae,
)
from firsthand.scratch.nn.optimizers import Adam
from firsthand.scratch.nn.training import batches

N_JUDGED, SURE, SIDE = 2000, 0.9, 28
N_LATENT, BETA, N_COMPONENTS = 12, 0.5, 100  # of the VAE and the mixture behind it
MODELS = "autoencoder", "vae", "gan"
COPIES = "test digits", "autoencoder"


def copied(X: Array, X_test: Array, n_epochs: int, seed: int) -> Array:
    """Return an autoencoder's copies of test digits, (N_JUDGED, 28, 28)."""
    network = Network(autoencoder(), dtype=np.float32, random_state=seed)
    learn(network, BinaryCrossEntropy(), X, X, n_epochs=n_epochs, rate=2e-3, seed=seed)
    return sigmoid(network.forward(X_test[:N_JUDGED])).reshape(-1, SIDE, SIDE)


def decoded(X: Array, n_epochs: int, seed: int) -> tuple[Array, Array]:
    """Return a VAE's answers to draws from a mixture, and to draws from a normal, both as above."""
    network = Network(
        vae(hidden=(512, 256), n_latent=N_LATENT), dtype=np.float32, random_state=seed
    )
    loss = NegativeELBO(N_LATENT, BETA)
    learn(network, loss, X, X, n_epochs=n_epochs, rate=2e-3, seed=seed)
    codes, _ = encode(network, X[:20_000])
    mixture = GaussianMixture(
        N_COMPONENTS, tol=1e-2, reg_covar=1e-4, max_iter=30, random_state=seed
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # thirty rounds are enough to draw from
        h, _ = mixture.fit(codes.astype(np.float64)).sample(N_JUDGED)
    rng = np.random.default_rng(seed + 1)
    h = rng.permutation(h)  # they come one component after the other
    from_normal = sample_vae(network, N_JUDGED, rng)
    return decode(network, h).reshape(-1, SIDE, SIDE), from_normal.reshape(-1, SIDE, SIDE)


def drawn(X: Array, n_epochs: int, seed: int) -> Array:
    """Return a GAN's digits, (N_JUDGED, 28, 28)."""
    G = Network(generator(), dtype=np.float32, random_state=seed)
    D = Network(discriminator(), dtype=np.float32, random_state=seed + 1)
    rng = np.random.default_rng(seed)
    for network in (G, D):
        start_small(network, rng)
    averaged = G.parameters.flat.copy()
    # D learns slowly: at the rate of G it is soon so sure that G has nothing to learn from
    adams = Adam(1e-3, 0.5), Adam(2e-4, 0.5)
    real = 2 * X.reshape(-1, 1, SIDE, SIDE) - 1
    started, step = time.perf_counter(), 0
    for epoch in range(1, n_epochs + 1):
        for rows in batches(len(real), 64, rng):
            J_D, J_G = gan_step(G, D, adams, real[rows], draw_noise(G, len(rows), rng), 0.1)
            step += 1
            share = min(0.999, step / (step + 10))
            averaged += (1 - share) * (G.parameters.flat - averaged)
        seconds = time.perf_counter() - started
        print(f"  epoch {epoch:2}  D {J_D:.3f}  G {J_G:.3f}  {seconds:6.1f} s", flush=True)
    G.parameters.flat[...] = averaged
    # still in the mode that learns: the running means belong to weights that are not averaged
    made = np.concatenate([sample_gan(G, 500, rng)[:, 0] for _ in range(N_JUDGED // 500)])
    return (made + 1) / 2


def verdict(classifier: Network, pictures: Array) -> tuple[float, float, Array]:
    """Return the share it is sure of, the entropy of the classes it sees, and these."""
    P = softmax(scores(classifier, pictures[:, None]))
    seen = P.argmax(axis=1)
    share = np.bincount(seen, minlength=10) / len(seen)
    entropy = (share * np.log(1 / np.where(share > 0, share, 1))).sum()
    return float((P.max(axis=1) > SURE).mean()), float(entropy), seen


def beside(originals: Array, copies: Array, n_columns: int = 10) -> Array:
    """Return pictures whose rows on a sheet are originals and their copies in turn."""
    n = len(originals) // n_columns * n_columns
    rows = (part[:n].reshape(-1, n_columns, SIDE, SIDE) for part in (originals, copies))
    return np.stack(list(rows), axis=1).reshape(-1, SIDE, SIDE)


def save_sheet(path: Path, pictures: Array, n_columns: int = 10) -> None:
    """Draw the first hundred pictures (n, 28, 28) in rows, dark on white, three times as large."""
    import matplotlib.image

    rows = pictures[:100].reshape(-1, n_columns, SIDE, SIDE).transpose(0, 2, 1, 3)
    sheet = rows.reshape(-1, n_columns * SIDE).repeat(3, axis=0).repeat(3, axis=1)
    matplotlib.image.imsave(path, sheet, cmap="gray_r", vmin=0, vmax=1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="*", metavar="|".join(MODELS), help="default: all")
    parser.add_argument("--data", default=os.environ.get("FIRSTHAND_DATA", "../shared/data"))
    parser.add_argument("--sheets", type=Path, help="a folder for the pictures")
    parser.add_argument("--epochs", type=int, help="default: 15, 20 and 12")
    parser.add_argument("--samples", type=int, help="learn from so many digits only")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    models = asked.models or MODELS
    if not set(models) <= set(MODELS):
        parser.error(f"models are {', '.join(MODELS)}, not {' '.join(models)}")
    digits, test = (load_mnist(part, folder=asked.data) for part in ("train", "test"))
    digits = Images(digits.X[: asked.samples], digits.y[: asked.samples])
    X, X_test = as_floats(digits.X), as_floats(test.X)
    flat, flat_test = X.reshape(len(X), -1), X_test.reshape(len(X_test), -1)

    print(f"classifier, seed {asked.seed}, {len(X)} digits")
    judge, _ = learn_cnn(X, digits.y, n_epochs=2, seed=asked.seed)
    original = X_test[:N_JUDGED, 0]
    made, seconds = {"test digits": original}, {}
    for name in models:
        print(f"{name}, seed {asked.seed}, {len(X)} digits")
        started = time.perf_counter()
        if name == "autoencoder":
            made[name] = copied(flat, flat_test, asked.epochs or 15, asked.seed)
        elif name == "vae":
            made[name], made["vae, one normal"] = decoded(flat, asked.epochs or 20, asked.seed)
        else:
            made[name] = drawn(flat, asked.epochs or 12, asked.seed)
        seconds[name] = time.perf_counter() - started
    if asked.sheets:
        asked.sheets.mkdir(parents=True, exist_ok=True)
        for name, pictures in made.items():
            path = asked.sheets / f"{name.replace(', ', '-').replace(' ', '-')}.png"
            save_sheet(path, beside(original, pictures) if name == "autoencoder" else pictures)

    print(f"\n{'':15} seconds  sure above {SURE:g}  entropy of classes  class of the original")
    for name, pictures in made.items():
        sure, entropy, seen = verdict(judge, pictures)
        took = f"{seconds[name]:.1f}" if name in seconds else ""
        same = f"{(seen == test.y[:N_JUDGED]).mean():.1%}" if name in COPIES else ""
        print(f"{name:15} {took:>7} {sure:15.1%} {entropy:19.3f} {same:>22}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
