"""Refit at start: the examples to arrays, the solver in a process of its own, its answer to a `Model`."""

import asyncio
import sys
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from services.triage.classify import listen
from services.triage.learned import Model, Quotable
from services.triage.lexicon import Index
from services.triage.ngrams import Vector, Vocabulary, ngrams, vector_of, vocabulary_of
from services.triage.reviewed import Example

SOLVER = Path(__file__).with_name("solver.py")
LIMIT_S = 60.0
"""Thirty times what it takes: whoever is not done by then will not be."""


class FitFailed(RuntimeError):
    """The solver gave no answer, or none in time; why is in the message. Nothing can be classified without it."""


async def fit(examples: Sequence[Example], index: Index, learned: Sequence[Example] = ()) -> Model:
    """The model for `examples` (reviewed data) and `learned` (accepted corrections), about 2 s. Raises `FitFailed`.

    The same texts in the same order give the same model.
    """
    every = [*examples, *learned]
    grams = [ngrams(listen(each.text, index)) for each in every]
    vocabulary = vocabulary_of(grams[: len(examples)], grams[len(examples) :])
    vectors = [vector_of(each, vocabulary) for each in grams]
    categories = tuple(sorted({each.category for each in every if each.category}))
    column = {category: place for place, category in enumerate(categories)}
    task = _task(every, vectors, vocabulary, column)
    found = await solved(task)
    return Model(
        fingerprint=sha256(task).hexdigest()[:8],
        vocabulary=vocabulary,
        names=tuple(vocabulary.numbers),
        categories=categories,
        column=column,
        weights=found["weights"],
        offsets=found["offsets"],
        alarms=found["alarms"],
        alarm_offset=float(found["alarm_offset"][0]),
        quotable=_quotable(every, vectors),
    )


def _task(
    examples: Sequence[Example], vectors: Sequence[Vector], vocabulary: Vocabulary, column: Mapping[str, int]
) -> bytes:
    task = BytesIO()
    np.savez(
        task,
        starts=np.cumsum([0, *(len(each.grams) for each in vectors)], dtype=np.int32),
        columns=np.concatenate([each.grams for each in vectors]),
        values=np.concatenate([each.weights for each in vectors]),
        grams=len(vocabulary.numbers),
        category=np.array([column[each.category] if each.category else -1 for each in examples], np.int32),
        emergency=np.array([each.emergency for each in examples], np.int8),
    )
    return task.getvalue()


async def solved(task: bytes, solver: Path = SOLVER, limit_s: float = LIMIT_S) -> dict[str, Any]:
    """The solver's arrays. Whatever ends the waiting ends the child too. Raises `FitFailed`."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",  # or our queue.py beside it would be taken for the standard library's
        str(solver),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(limit_s):
            answer, complaint = await child.communicate(task)
    except TimeoutError:
        raise FitFailed(f"the solver was not done after {limit_s:g} s") from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode:
        raise FitFailed(complaint.decode(errors="replace").strip()[-2000:])
    with np.load(BytesIO(answer), allow_pickle=False) as arrays:
        return dict(arrays)


def _quotable(examples: Iterable[Example], vectors: Iterable[Vector]) -> dict[str, tuple[Quotable, ...]]:
    found: dict[str, list[Quotable]] = {}
    for example, vector in zip(examples, vectors, strict=False):
        if example.quotable and example.category:
            quoted = Quotable(example.text, frozenset(vector.grams.tolist()))
            found.setdefault(example.category, []).append(quoted)
    return {category: tuple(each) for category, each in found.items()}
