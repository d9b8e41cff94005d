"""Writes hunter.csv: series whose changes are known, and those that Hunter finds in them.

Hunter is Apache Otava today; its own code is called, with its own defaults: windows of 50 values, p of 0.001, any magnitude. Values are
rounded to four digits, so that both read the same numbers.
"""

import csv
import pathlib

import numpy
from otava.analysis import compute_change_points

WINDOW, MOST_P, LEAST_MAGNITUDE = 50, 0.001, 0.0
draw = numpy.random.default_rng(15)


def series(levels, noise="normal"):
    """Levels as (runs, level) pairs, in spreads; 100 is added, as Hunter takes ratios to the level before."""
    values, truth = [], []
    for runs, level in levels:
        if values:
            truth.append(len(values))
        shape = {
            "normal": lambda: draw.standard_normal(runs),
            "heavy": lambda: draw.standard_t(3, runs) / numpy.sqrt(3),
            "skewed": lambda: draw.exponential(1.0, runs) - 1,
        }[noise]()
        values.extend(100 + level + shape)
    return [round(float(value), 4) for value in values], truth


CASES = {
    "still": [(60, 0)],
    "step of 3": [(30, 0), (30, 3)],
    "step of -4": [(20, 0), (40, -4)],
    "step of 2": [(40, 0), (40, 2)],
    "early step of 6": [(15, 0), (45, 6)],
    "late step of 5": [(52, 0), (8, 5)],
    "two steps up": [(25, 0), (25, 4), (25, 8)],
    "up and down": [(25, 0), (20, 5), (25, 0)],
    "a fault, soon mended": [(30, 0), (8, 6), (30, 0)],
    "three levels": [(20, 0), (20, 5), (20, -3), (20, 2)],
    "step of 10": [(18, 0), (18, 10)],
    "short": [(12, 0), (6, 6)],
}

with (pathlib.Path(__file__).parent / "hunter.csv").open("w", newline="") as file:
    table = csv.writer(file, lineterminator="\n")
    table.writerow(["name", "noise", "values", "truth", "hunter"])
    for name, levels in CASES.items():
        for noise in ["normal", "heavy", "skewed"]:
            values, truth = series(levels, noise)
            found, _ = compute_change_points(values, WINDOW, MOST_P, LEAST_MAGNITUDE)
            table.writerow([
                name, noise, " ".join(map(str, values)), " ".join(map(str, truth)),
                " ".join(str(int(point.index)) for point in found),
            ])
    for number in range(100):
        noise = ["normal", "heavy", "skewed"][number % 3]
        values, truth = series([(60, 0)], noise)
        found, _ = compute_change_points(values, WINDOW, MOST_P, LEAST_MAGNITUDE)
        table.writerow([
            f"still {number}", noise, " ".join(map(str, values)), "", " ".join(str(int(point.index)) for point in found),
        ])
