"""A program of its own: fits the two linear models to what comes in on standard input, writes their weights, ends.

scikit-learn and what it brings take 60 MiB and are needed for two seconds: here they go when the process does. Arrays
come and go in NumPy's own format, without pickles. It imports nothing of ours, so it runs from wherever it lies.
"""

import sys
from io import BytesIO
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.svm import LinearSVC

SEED = 0
"""The solver visits the texts in a shuffled order: the same one every time."""

Array = NDArray[Any]


def main() -> None:
    """Standard input to standard output."""
    given = np.load(BytesIO(sys.stdin.buffer.read()), allow_pickle=False)
    shape = (len(given["starts"]) - 1, int(given["grams"]))
    texts = csr_array((given["values"].astype(np.float64), given["columns"], given["starts"]), shape=shape)
    placed = given["category"] >= 0
    weights, offsets = _fitted(LinearSVC(C=1.0, random_state=SEED), texts[placed], given["category"][placed])
    grave = LinearSVC(C=1.0, class_weight="balanced", random_state=SEED)
    alarms, alarm_offset = _fitted(grave, texts, given["emergency"])
    answer = BytesIO()
    np.savez(
        answer,
        weights=np.ascontiguousarray(weights.T),
        offsets=offsets,
        alarms=alarms[0],
        alarm_offset=alarm_offset,
    )
    sys.stdout.buffer.write(answer.getvalue())


def _fitted(model: LinearSVC, texts: csr_array, meant: Array) -> tuple[Array, Array]:
    model.fit(texts, meant)
    return cast(Array, model.coef_.astype(np.float32)), cast(Array, model.intercept_.astype(np.float32))


if __name__ == "__main__":
    main()
