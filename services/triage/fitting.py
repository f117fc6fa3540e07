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

_LAST: dict[bytes, dict[str, Any]] = {}
SOLVER = Path(__file__).with_name("solver.py")


class FitFailed(RuntimeError):
    """The solver ended without an answer; what it said is in the message. Nothing can be classified without it."""


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
    solved = await _once(task)
    return Model(
        fingerprint=sha256(task).hexdigest()[:8],
        vocabulary=vocabulary,
        names=tuple(vocabulary.numbers),
        categories=categories,
        column=column,
        weights=solved["weights"],
        offsets=solved["offsets"],
        alarms=solved["alarms"],
        alarm_offset=float(solved["alarm_offset"][0]),
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


async def _once(task: bytes) -> dict[str, Any]:
    """What was solved last is kept, for those who build triage more than once in a process."""
    name = sha256(task).digest()
    if name not in _LAST:
        solved = await _solved(task)
        _LAST.clear()
        _LAST[name] = solved
    return _LAST[name]


async def _solved(task: bytes) -> dict[str, Any]:
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",  # or our queue.py beside it would be taken for the standard library's
        str(SOLVER),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    answer, complaint = await child.communicate(task)
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
