"""The Rasch model by marginal maximum likelihood, on papers that need not share all items."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import sparse
from scipy.special import expit

from question_bank.domain.statistics.table import Floats, Ints

NODES: Final = 41
ROUNDS: Final = 500
# How still the estimates must stand, in logits.
TOLERANCE: Final = 1e-5


@dataclass(frozen=True, slots=True)
class RaschItem:
    """Difficulty in logits (0: somebody of average ability is right half the time) with its standard error.

    `infit` and `outfit` are mean squares: about 1 when the item behaves, above 1.3 noisy, below 0.7 too regular.
    """

    difficulty: float
    error: float
    infit: float
    outfit: float


@dataclass(frozen=True, slots=True)
class RaschScale:
    """The items in the order asked for, and the spread of the people's abilities, in logits."""

    items: tuple[RaschItem, ...]
    ability_sd: float


def rasch(person: Ints, item: Ints, right: Floats) -> RaschScale:
    """Difficulties and fit from responses 0/1; people's abilities are normal around 0 with an estimated spread.

    `person` and `item` are indexes 0..; every item needs right and wrong answers. EM over a fixed grid of abilities.
    Sources: Bock, R. D. & Aitkin, M. (1981). Marginal maximum likelihood estimation of item parameters. Psychometrika
    46, 443-459; Thissen, D. (1982). Marginal maximum likelihood estimation for the one-parameter logistic model.
    Psychometrika 47, 175-186. Fit: Wright, B. D. & Masters, G. N. (1982). Rating Scale Analysis, chapter 5, the
    residuals averaged over each person's posterior.
    """
    people, items = int(person.max()) + 1, int(item.max()) + 1
    shape = (people, items)
    hits = sparse.csr_matrix((right, (person, item)), shape=shape)
    asked = sparse.csr_matrix((np.ones(len(item)), (person, item)), shape=shape)
    nodes = np.linspace(-6.0, 6.0, NODES)
    share = np.asarray(hits.sum(axis=0)).ravel() / np.asarray(asked.sum(axis=0)).ravel()
    difficulty, spread = -np.log(share / (1 - share)), 1.0
    for _round in range(ROUNDS):
        posterior = _posterior(hits, asked, difficulty, nodes=nodes, spread=spread)
        new_difficulty = _newton(hits, asked, posterior, nodes=nodes, start=difficulty)
        new_spread = float(np.sqrt((posterior @ nodes**2).mean()))
        moved = max(float(np.abs(new_difficulty - difficulty).max()), abs(new_spread - spread))
        difficulty, spread = new_difficulty, new_spread
        if moved < TOLERANCE:
            break
    posterior = _posterior(hits, asked, difficulty, nodes=nodes, spread=spread)
    return RaschScale(_figures(hits, asked, posterior, nodes=nodes, difficulty=difficulty), spread)


def _posterior(
    hits: sparse.csr_matrix, asked: sparse.csr_matrix, difficulty: Floats, *, nodes: Floats, spread: float
) -> Floats:
    """People x nodes: how likely each ability is, given the answers."""
    logit = nodes[None, :] - difficulty[:, None]
    likelihood = hits @ logit - asked @ np.logaddexp(0.0, logit)
    weight = likelihood - nodes[None, :] ** 2 / (2 * max(spread, 1e-3) ** 2)
    weight = np.exp(weight - weight.max(axis=1, keepdims=True))
    found: Floats = weight / weight.sum(axis=1, keepdims=True)
    return found


def _newton(
    hits: sparse.csr_matrix, asked: sparse.csr_matrix, posterior: Floats, *, nodes: Floats, start: Floats
) -> Floats:
    right = np.asarray((hits.T @ posterior).sum(axis=1)).ravel()
    count = asked.T @ posterior
    difficulty = start
    for _step in range(3):
        expected = expit(nodes[None, :] - difficulty[:, None])
        surplus = (count * expected).sum(axis=1) - right
        information = np.maximum((count * expected * (1 - expected)).sum(axis=1), 1e-9)
        difficulty = difficulty + np.clip(surplus / information, -1.0, 1.0)
    return difficulty


def _figures(
    hits: sparse.csr_matrix, asked: sparse.csr_matrix, posterior: Floats, *, nodes: Floats, difficulty: Floats
) -> tuple[RaschItem, ...]:
    expected = expit(nodes[None, :] - difficulty[:, None])
    variance = expected * (1 - expected)
    count, right = asked.T @ posterior, hits.T @ posterior
    # (x - P)^2 is (1 - P)^2 for a right answer and P^2 for a wrong one.
    squares = right * (1 - expected) ** 2 + (count - right) * expected**2
    answers = np.asarray(asked.sum(axis=0)).ravel()
    infit = squares.sum(axis=1) / (count * variance).sum(axis=1)
    outfit = (squares / variance).sum(axis=1) / answers
    error = 1 / np.sqrt((count * variance).sum(axis=1))
    return tuple(
        RaschItem(float(d), float(e), float(i), float(o))
        for d, e, i, o in zip(difficulty, error, infit, outfit, strict=True)
    )
