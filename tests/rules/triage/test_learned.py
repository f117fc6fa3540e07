"""What was learned: the same from the same data, few numbers for a report, and an answer for whatever is said."""

import asyncio
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.app import reference
from services.triage.classify import hear
from services.triage.fitting import FitFailed, fit
from services.triage.learned import alarm, heaviest, likest, margins
from services.triage.lexicon import build_index
from services.triage.matter import read_words
from services.triage.ngrams import ngrams, vector_of, vocabulary_of
from services.triage.reviewed import Example
from tests.support.reference import catalogue, hearing
from tests.support.solved import really_solved as solved

INDEX, MODEL = hearing().index, hearing().model
LAMP = Example("路灯不亮了", "street_lamp", emergency=False, quotable=True)
FIRE = Example("房子着火了", "fire_smoke", emergency=True, quotable=True)


def test_a_report_is_its_characters_and_their_pairs() -> None:
    assert ngrams(["路", "灯", "，", "坏"]) == ("路", "灯", "坏", "路灯", "灯坏")
    assert ngrams([" lamp", " broken"]) == (" lamp", " broken", " lamp broken")
    assert ngrams(["……", "!"]) == ()


def test_what_stands_in_one_correction_only_is_not_learned_it_could_be_a_name() -> None:
    known = vocabulary_of([["路灯"]], [["王小"], ["圪洞", "路灯"], ["圪洞"]])
    assert set(known.numbers) == {"路灯", "圪洞"}
    assert known.quotable == 1


def signed(text: str) -> tuple[str, ...]:
    return ngrams([*text, "，", *"欧阳圪"])


def test_who_sends_the_same_again_is_no_second_witness() -> None:
    twice = [signed("小区门口的路灯坏了好几天"), signed("小区门口的路灯又坏了好几天")]
    assert set(vocabulary_of([["路灯"]], twice).numbers) == {"路灯"}


def test_two_different_reports_that_one_person_signs_are_two_as_the_docs_say() -> None:
    two = [signed("小区门口的路灯坏了好几天"), signed("河边有人倒垃圾没人管理")]
    assert "阳圪" in vocabulary_of([["路灯"]], two).numbers


@given(st.text(max_size=200))
def test_any_text_has_a_vector_of_length_one_or_none(text: str) -> None:
    vector = vector_of(ngrams(list(text)), MODEL.vocabulary)
    assert len(vector.grams) == 0 or float(vector.weights @ vector.weights) == pytest.approx(1.0, abs=1e-4)
    assert list(vector.grams) == sorted(set(vector.grams.tolist()))


@given(st.text(max_size=200))
def test_any_text_has_chances_that_add_up(text: str) -> None:
    likely = hear(text, hearing()).likely
    assert float(likely.sum()) == pytest.approx(1.0, abs=1e-3)
    assert (likely >= 0).all()


@given(st.text(alphabet="路灯井盖电梯着火老人晕倒楼道垃圾臭 gas fire", max_size=60))
def test_the_same_words_are_always_read_the_same(text: str) -> None:
    assert read_words(text, hearing()) == read_words(text, hearing())


async def test_the_same_data_gives_the_same_model() -> None:
    one, other = await asyncio.gather(*(fit([LAMP, FIRE, LAMP], INDEX) for _ in range(2)))
    assert np.array_equal(one.weights, other.weights)
    assert np.array_equal(one.alarms, other.alarms)
    assert one.names == other.names


async def test_what_is_fitted_knows_what_it_was_told() -> None:
    model = await fit([LAMP, FIRE, Example("井盖没了", "cover_unknown", emergency=False)], INDEX)
    lamp, fire = (vector_of(ngrams(list(each.text)), model.vocabulary) for each in (LAMP, FIRE))
    assert model.categories[int(margins(lamp, model).argmax())] == "street_lamp"
    assert alarm(fire, model) > 0 > alarm(lamp, model)


async def test_nothing_to_learn_from_is_said_in_one_error() -> None:
    with pytest.raises(FitFailed, match="class"):
        await fit([LAMP], INDEX)


@pytest.fixture
def hanging(tmp_path: Path) -> Path:
    """A solver that says who it is and never answers."""
    program = tmp_path / "hanging.py"
    program.write_text(
        f"import os, time; open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    )
    return program


async def _said_who_it_is(hanging: Path) -> int:
    said = hanging.with_name("pid")
    async with asyncio.timeout(20):
        while not (said.exists() and said.read_text()):  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(0.02)
    return int(said.read_text())


async def test_a_solver_that_hangs_is_killed_and_the_limit_is_named(hanging: Path) -> None:
    fitted = asyncio.create_task(solved(b"", hanging, limit_s=3))
    child = await _said_who_it_is(hanging)
    with pytest.raises(FitFailed, match="not done after 3 s"):
        await fitted
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


async def test_who_stops_waiting_ends_the_solver_too(hanging: Path) -> None:
    fitted = asyncio.create_task(solved(b"", hanging))
    child = await _said_who_it_is(hanging)
    fitted.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fitted
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_a_suggestion_quotes_the_reviewed_report_it_is_like() -> None:
    best = read_words("楼道里的灯不亮了", hearing()).suggestions[0]
    assert [each for each in best.because if each.startswith("like: ")]


def test_what_is_unlike_everything_is_explained_by_its_heaviest_fragments() -> None:
    vector = hear("楼道里的灯不亮了", hearing()).vector
    assert likest(vector_of([], MODEL.vocabulary), "street_lamp", MODEL) is None
    fragments = heaviest(vector, MODEL.column["repair_common"], MODEL)
    assert len(fragments) == 2
    assert all(each in "楼道里的灯不亮了" for each in fragments)


def test_every_category_is_learned() -> None:
    assert set(MODEL.categories) == {each.id for each in catalogue().subclasses}


def test_the_reference_builds_the_same_examples_every_time() -> None:
    assert reference().examples == reference().examples
    assert build_index(reference().catalogue, reference().lexicon).known == INDEX.known
