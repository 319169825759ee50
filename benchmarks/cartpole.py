"""CartPole-v1 by actor-critic and by REINFORCE, on networks of ours; solved is a mean of 475.

    python benchmarks/cartpole.py

For each seed, train for some 150,000 steps (actor-critic) or 600 episodes (REINFORCE), then play
100 episodes that were never seen, with the likeliest action of the final policy. An episode earns
1 a step and is cut off at 500. Needs gymnasium (the extra ``rl``).
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
import time
from collections.abc import Callable

import gymnasium

from firsthand.scratch.nn import Network, Sequential
from firsthand.scratch.nn.layers import Linear, Tanh
from firsthand.scratch.rl import Episodes, actor_critic, best_action, play, reinforce

SEEDS, EVALUATION, SOLVED = (0, 1, 2), 10_000, 475.0
Train = Callable[[gymnasium.Env, Network, Network, int], Episodes]


def network(n_out: int, gain: float, seed: int) -> Network:
    layers = Linear(4, 64, gain=1), Tanh(), Linear(64, n_out, gain=gain)
    return Network(Sequential(*layers), random_state=seed)


def by_actor_critic(env: gymnasium.Env, policy: Network, critic: Network, seed: int) -> Episodes:
    return actor_critic(
        env,
        policy,
        critic,
        n_steps=150_000,
        batch_steps=512,
        trace=1.0,  # a cart drifts for a hundred steps before it falls: 0.95 forgets why
        entropy=0.01,
        learning_rate=1e-2,
        random_state=seed,
    )


def by_reinforce(env: gymnasium.Env, policy: Network, critic: Network, seed: int) -> Episodes:
    return reinforce(
        env, policy, critic, n_episodes=600, batch_episodes=4, learning_rate=1e-2, random_state=seed
    )


def solve(name: str, train: Train, seed: int) -> bool:
    env = gymnasium.make("CartPole-v1")
    policy, critic = network(2, 1e-4, seed), network(1, 1.0, seed + 1000)
    start = time.perf_counter()
    learnt = train(env, policy, critic, seed)
    seconds = time.perf_counter() - start
    shown = play(
        env, lambda state: best_action(policy, state), 100, random_state=EVALUATION + seed
    ).rewards
    print(
        f"{name:14} {seed:4} {len(learnt.rewards):9} {learnt.lengths.sum():8} {seconds:8.1f}"
        f" {shown.mean():7.1f} {shown.min():6.0f}",
        flush=True,
    )
    return bool(shown.mean() >= SOLVED)


def main() -> int:
    print(f"{'method':14} seed  episodes    steps  seconds    mean  worst  of 100 episodes")
    methods: dict[str, Train] = {"actor-critic": by_actor_critic, "REINFORCE": by_reinforce}
    solved = [solve(name, train, seed) for name, train in methods.items() for seed in SEEDS]
    print(f"mean of at least {SOLVED:.0f}: {sum(solved)} of {len(solved)}")
    return 0 if all(solved) else 1


if __name__ == "__main__":
    sys.exit(main())
