"""Writes the golden tables beside this file from scipy, numpy and statsmodels; README.md names the versions."""

import csv
import pathlib
from collections import defaultdict

import numpy as np
from scipy import stats
from statsmodels.stats.multitest import multipletests

HERE = pathlib.Path(__file__).parent
EXACT_UP_TO = 60
ALPHAS = (0.05, 0.01, 0.0025)
rng = np.random.default_rng(4)


def write(name, header, rows):
    with open(HERE / name, "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        out.writerows(rows)


def text(values):
    return " ".join(repr(float(value)) for value in values)


def published():
    """{tasks: {approach: times by run}} of the published table."""
    times = defaultdict(lambda: defaultdict(list))
    with open(HERE / "published.csv") as file:
        for row in csv.DictReader(file):
            times[int(row["tasks"])][row["approach"]].append(float(row["time_s"]))
    return times


def median_interval(values, alpha):
    """quantile_test's interval where it has two finite ends, and the level that it reaches by the binomial."""
    ends = stats.quantile_test(values, p=0.5).confidence_interval(confidence_level=1 - alpha)
    if not np.isfinite([ends.low, ends.high]).all():
        return "", "", ""
    below = np.searchsorted(np.sort(values), ends.low)
    return ends.low, ends.high, 1 - 2 * stats.binom.cdf(below, len(values), 0.5)


def outliers(values):
    q1, q3 = np.quantile(values, (0.25, 0.75), method="median_unbiased")
    median, mad = np.median(values), stats.median_abs_deviation(values, scale="normal")
    fence = (values < q1 - 3 * (q3 - q1)) | (values > q3 + 3 * (q3 - q1))
    return fence | ((mad > 0) & (np.abs(values - median) > 3.5 * mad))


def describe(name, values):
    row = [name, text(values), np.median(values), np.sort(values)[(len(values) - 1) // 2], values.min(), values.max()]
    row += [stats.median_abs_deviation(values), stats.median_abs_deviation(values, scale="normal")]
    row += [float(q) for q in np.quantile(values, (0.1, 0.25, 0.75, 0.9), method="median_unbiased")]
    row += [*median_interval(values, 0.05), *median_interval(values, 0.01)]
    return row + ["".join("01"[far] for far in outliers(values).astype(int))]


def wilcoxon(differences):
    if len(differences) <= EXACT_UP_TO:
        return stats.wilcoxon(differences, method="exact").pvalue
    return stats.wilcoxon(differences, method="asymptotic", correction=True).pvalue


def inverted(differences, alpha):
    """The shifts that scipy's test does not reject: it changes its mind only at means of two differences."""
    one, other = np.triu_indices(len(differences))
    steps = np.sort((differences[one] + differences[other]) / 2)
    between = (steps[1:] + steps[:-1]) / 2

    def rejected(index):
        return wilcoxon(differences - between[index]) <= alpha

    def first(low, high, wanted):
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if rejected(middle) == wanted else (middle + 1, high)
        return low

    if len(differences) < 2 or not rejected(0):
        return wider_than_all(differences, alpha)
    return steps[first(0, len(between) // 2, False)], steps[first(len(between) // 2, len(between), True)]


def wider_than_all(differences, alpha):
    """Nothing between the extremes is rejected: they are the ends if anything beyond them is."""
    beyond = wilcoxon(differences - differences.min() + 1.0)
    return (differences.min(), differences.max()) if beyond <= alpha else ("", "")


def signed_rank(name, differences):
    one, other = np.triu_indices(len(differences))
    estimate = np.median((differences[one] + differences[other]) / 2)
    ends = [end for alpha in ALPHAS for end in inverted(differences, alpha)]
    return [name, text(differences), wilcoxon(differences), estimate, *ends]


def main():
    times = published()
    samples = [(f"{kind}-{tasks}", np.array(times[tasks][kind])) for tasks in times for kind in times[tasks]]
    samples += [(f"lognormal-{n}", rng.lognormal(3, 0.4, n)) for n in (1, 2, 3, 5, 6, 7, 8, 9, 20, 21, 101)]
    samples += [(f"pages-{n}", 4096.0 * rng.integers(500, 504, n)) for n in (8, 20, 33)]
    header = "name,values,median,lower_median,min,max,mad,scaled_mad,q10,q25,q75,q90"
    header += ",low_95,high_95,confidence_95,low_99,high_99,confidence_99,outliers"
    write("describe.csv", header.split(","), [describe(*sample) for sample in samples])

    logs = {tasks: [np.log(times[tasks][kind]) for kind in ("multithreaded", "blended")] for tasks in times}
    ratios = [(f"published-{tasks}", b - a) for tasks, (a, b) in logs.items()]
    sizes = (*range(1, 13), 20, 21, 33, 50, 59, 60, 61, 100, 400)
    ratios += [(f"normal-{n}", rng.normal(0.05, 0.1, n)) for n in sizes]
    ratios += [(f"heavy-{n}", 0.05 * rng.standard_t(2, n) + 0.01) for n in (20, 40, 60, 61, 200)]
    ends = [f"{end}_{alpha}" for alpha in ALPHAS for end in ("low", "high")]
    rows = [signed_rank(*ratio) for ratio in ratios]
    write("signed_rank.csv", ["name", "differences", "p", "estimate", *ends], rows)

    families = [[row[2] for row in rows[:9]], [0.5], [0.01, 0.01, 0.04, 0.03], [0.001, 0.2, 0.013, 0.9, 0.016, 0.025]]
    families += [rng.beta(0.4, 2, n) for n in (2, 5, 12, 40)]
    adjusted = [multipletests(family, method="holm")[1] for family in families]
    write("holm.csv", ["p", "adjusted"], [map(text, pair) for pair in zip(families, adjusted)])

    counts = [(0, 1), (1, 1), (0, 4), (1, 20), (5, 20), (20, 20), (3, 50), (10, 200), (16, 200), (50, 1000)]
    tests = [(k, n, level) for k, n in counts for level in (0.95, 0.99)]
    shares = [(k, n, level, *stats.binomtest(k, n).proportion_ci(level, "exact")) for k, n, level in tests]
    write("binomial.csv", ["alarms", "comparisons", "level", "low", "high"], shares)


main()
