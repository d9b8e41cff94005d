"""Writes sign_flip.csv and places.csv beside this file: all sign patterns one by one, in whole numbers and fractions."""

import csv
import itertools
import math
import pathlib
import random
from fractions import Fraction

HERE = pathlib.Path(__file__).parent
ALPHAS = ("0.05", "0.01", "0.001")
MICRO = 10**6
rng = random.Random(4)


def write(name, header, rows):
    with open(HERE / name, "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        out.writerows(rows)


def p_value(values):
    """The share of sign patterns whose sum is at least as far from 0, of whole numbers."""
    sums = [0]
    for value in values:
        sums = [total + signed for total in sums for signed in (value, -value)]
    limit = abs(sum(values))
    return Fraction(sum(abs(total) >= limit for total in sums), len(sums))


def parts(values):
    """The means of all parts that are not empty, ascending."""
    kept = itertools.product((False, True), repeat=len(values))
    means = (Fraction(sum(part), len(part)) for part in (list(itertools.compress(values, keep)) for keep in kept) if part)
    return sorted(means)


def interval(means, blocks, alpha):
    """From the k-th mean of a part to the k-th from above: k - 1 and the empty part are as extreme, on either side."""
    extreme = next(k for k in itertools.count(1) if Fraction(2 * k, 2**blocks) > Fraction(alpha))
    return ("", "") if extreme == 1 else (float(means[extreme - 2] / MICRO), float(means[1 - extreme] / MICRO))


def flips(name, values):
    means = parts(values) if len(values) <= 14 else None
    ends = [end for alpha in ALPHAS for end in (interval(means, len(values), alpha) if means else ("", ""))]
    return [name, " ".join(str(value / MICRO) for value in values), float(p_value(values)), *ends]


def drawn(blocks, shift, spread):
    return [round(MICRO * rng.gauss(shift, spread)) for _ in range(blocks)]


def holm(p_values):
    adjusted, largest = [0] * len(p_values), Fraction(0)
    order = sorted(range(len(p_values)), key=lambda at: p_values[at])
    for done, at in enumerate(order):
        largest = max(largest, min(Fraction(1), p_values[at] * (len(p_values) - done)))
        adjusted[at] = largest
    return adjusted


def placed(name, pools):
    """Places of pools[pool][block], whole numbers, None where a block is missing: a row each."""
    pairs = list(itertools.combinations(range(len(pools)), 2))
    both = [[b - a for a, b in zip(pools[one], pools[other]) if None not in (a, b)] for one, other in pairs]
    adjusted = holm([p_value(values) for values in both])
    ahead, behind = [0] * len(pools), [0] * len(pools)
    for (one, other), values, p in zip(pairs, both, adjusted):
        if p <= Fraction(1, 20):
            first, last = (one, other) if sum(values) > 0 else (other, one)
            ahead[last] += 1
            behind[first] += 1
    for pool, values in enumerate(pools):
        scores = " ".join("-" if value is None else str(value / MICRO) for value in values)
        yield [name, pool, scores, 1 + ahead[pool], len(pools) - behind[pool]]


def main():
    rows = [flips(f"normal-{n}", drawn(n, 0.05, 0.1)) for n in (1, 2, 3, 5, 6, 7, 8, 11, 12, 13, 14)]
    rows += [flips(f"clear-{n}", drawn(n, 0.3, 0.1)) for n in (6, 9, 12, 14)]
    rows += [flips(f"coarse-{n}", [MICRO * rng.randint(-2, 3) for _ in range(n)]) for n in (6, 10, 14)]
    rows += [flips("zeros", [0] * 8), flips("some-zeros", [0, 0, 100, 200, 300, 400, 500, 600, 700])]
    rows += [flips(f"long-{n}", drawn(n, shift, 0.1)) for n, shift in ((16, 0.1), (19, 0.04), (20, 0.0))]
    ends = [f"{end}_{alpha}" for alpha in ALPHAS for end in ("low", "high")]
    write("sign_flip.csv", ["name", "differences", "p", *ends], rows)

    blocks = drawn(12, 0.0, 0.3)
    shifts = (0.0, 0.02, 0.05, 0.3, 0.32, 1.0)
    near = [[round(block + MICRO * rng.gauss(shift, 0.03)) for block in blocks] for shift in shifts]
    gaps = [[None if rng.random() < 0.1 else value for value in pool] for pool in near]
    few = [pool[:8] for pool in near[:5]]
    rows = [row for name, pools in (("near", near), ("gaps", gaps), ("few", few)) for row in placed(name, pools)]
    write("places.csv", ["name", "pool", "scores", "best", "worst"], rows)
    assert math.isclose(float(p_value([1, 1, 1])), 0.25)


main()
