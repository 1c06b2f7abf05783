"""Forms of a processor's power over its frequency, and how well they meet measurements."""

import itertools
import statistics

# Powers of the frequency that a form has terms of.
FORMS = {"tau f³": [3], "b f + tau f³": [1, 3], "a + tau f³": [0, 3], "a + b f + tau f³": [0, 1, 3]}


def solved(matrix):
    """The unknowns of linear equations whose right sides are the last column: Gaussian elimination."""
    count = len(matrix)
    for pivot in range(count):
        best = max(range(pivot, count), key=lambda row: abs(matrix[row][pivot]))
        matrix[pivot], matrix[best] = matrix[best], matrix[pivot]
        for row in range(count):
            if row != pivot:
                factor = matrix[row][pivot] / matrix[pivot][pivot]
                matrix[row] = [a - factor * b for a, b in zip(matrix[row], matrix[pivot])]
    return [matrix[row][count] / matrix[row][row] for row in range(count)]


def fit_error(rows, powers):
    """Mean relative error of the form that meets the rows best by least squares of relative errors, no term negative."""
    top = rows[-1][0]
    best = (float("inf"), float("nan"))
    for used in (subset for count in range(1, len(powers) + 1) for subset in itertools.combinations(powers, count)):
        columns = [[(hertz / top) ** power / watts for power in used] for hertz, watts in rows]
        terms = solved([
            [sum(row[i] * row[j] for row in columns) for j in range(len(used))] + [sum(row[i] for row in columns)]
            for i in range(len(used))])
        if min(terms) >= 0:
            errors = [abs(sum(t * x for t, x in zip(terms, row)) - 1) for row in columns]
            best = min(best, (sum(error ** 2 for error in errors), statistics.mean(errors)))
    return best[1]
