"""Personal content: sealed under the case's key, readable by the vault alone, gone when the key is."""

from datetime import UTC, datetime, timedelta

import pytest
from uuid_utils.compat import uuid7

from libs.casestore.content import ContentVault, DamagedContent
from libs.casestore.photos import PhotoStore
from libs.casework.draft import Change, NewCase
from libs.casework.vocabulary import Service
from libs.plumbing.clock import now_us
from tests.support.cases import OFFICE, a_speaker
from tests.support.stores import Bench, reported_as

WORDS = "小区门口的围挡破了".encode()


async def a_case_with_words(bench: Bench) -> tuple:
    case_id = uuid7()
    key = bench.vault.new_key(case_id)
    ref, stored = key.seal("text", uuid7(), WORDS)
    event = reported_as(case_id).model_copy(update={"contents": (ref,)})
    await bench.store.append(
        [Change(case_id, NewCase(OFFICE), (event,))],
        a_speaker(Service.INTAKE),
        contents=(stored,),
        case_keys=(key.wrapped,),
    )
    return case_id, ref, key


async def test_words_are_stored_sealed_and_read_back(bench: Bench) -> None:
    case_id, ref, _ = await a_case_with_words(bench)

    assert await bench.vault.read({case_id: [ref]}) == {ref.id: WORDS}
    stored = await bench.database["case_content"].find_one({"_id": ref.id})
    assert WORDS not in bytes(stored["sealed"])
    assert WORDS not in b"".join(sealed.body for sealed in await bench.store.log(case_id))


async def test_erasing_takes_the_words_and_leaves_the_log(bench: Bench) -> None:
    case_id, ref, _key = await a_case_with_words(bench)
    wrapped = await bench.database["case_keys"].find_one({"_id": case_id})

    assert await bench.vault.erase(case_id, now_us())
    assert not await bench.vault.erase(case_id, now_us())

    assert await bench.vault.read({case_id: [ref]}) == {ref.id: None}
    assert bench.verify().findings == ()
    await bench.database["case_keys"].insert_one(wrapped)
    assert await bench.vault.replay_erasures() == 1
    assert await bench.vault.keys([case_id]) == {}


async def test_content_moved_to_another_case_does_not_open(bench: Bench) -> None:
    _case_id, ref, _ = await a_case_with_words(bench)
    other, other_ref, _ = await a_case_with_words(bench)
    contents = bench.database["case_content"]
    moved = await contents.find_one({"_id": ref.id})
    await contents.update_one(
        {"_id": other_ref.id}, {"$set": {"nonce": moved["nonce"], "sealed": moved["sealed"]}}
    )

    with pytest.raises(DamagedContent):
        await bench.vault.read({other: [other_ref]})


async def test_another_master_key_opens_nothing(bench: Bench) -> None:
    case_id, ref, _ = await a_case_with_words(bench)

    with pytest.raises(DamagedContent):
        await ContentVault(bench.database, bytes(32)).read({case_id: [ref]})


async def test_a_photo_is_kept_for_its_case_alone(bench: Bench) -> None:
    case_id, _, key = await a_case_with_words(bench)
    other, _, _ = await a_case_with_words(bench)
    photos, photo_id = PhotoStore(bench.database, bench.vault), uuid7()

    ref = await photos.put(key, photo_id, b"\xff\xd8 a picture")

    assert await photos.read(case_id, photo_id) == b"\xff\xd8 a picture"
    assert await photos.read(other, photo_id) is None
    assert await photos.refs({photo_id: case_id}) == {photo_id: ref}
    assert await photos.refs({photo_id: other}) == {}


async def test_a_photo_whose_case_never_came_to_be_is_swept(bench: Bench) -> None:
    case_id, _, key = await a_case_with_words(bench)
    photos, kept, orphan = PhotoStore(bench.database, bench.vault), uuid7(), uuid7()
    await photos.put(key, kept, b"kept")
    await photos.put(bench.vault.new_key(uuid7()), orphan, b"orphan")

    assert await photos.sweep(datetime.now(UTC) + timedelta(seconds=1)) == 1
    assert await photos.read(case_id, kept) == b"kept"


async def test_words_that_are_not_what_the_log_names_are_not_shown(bench: Bench) -> None:
    case_id, ref, key = await a_case_with_words(bench)
    _, other = key.seal("text", ref.id, b"something else")
    await bench.database["case_content"].update_one(
        {"_id": ref.id}, {"$set": {"nonce": other.nonce, "sealed": other.sealed}}
    )

    with pytest.raises(DamagedContent):
        await bench.vault.read({case_id: [ref]})


async def test_after_a_change_of_the_master_key_only_the_new_one_opens(bench: Bench) -> None:
    cases = [await a_case_with_words(bench) for _ in range(3)]
    renewed = ContentVault(bench.database, bytes(32))

    assert await bench.vault.rewrap(bytes(32)) == 3
    assert await bench.vault.rewrap(bytes(32)) == 0

    for case_id, ref, _ in cases:
        assert await renewed.read({case_id: [ref]}) == {ref.id: WORDS}
        with pytest.raises(DamagedContent):
            await bench.vault.read({case_id: [ref]})
