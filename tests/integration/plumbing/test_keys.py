"""The register of tokens on a real database."""

import asyncio

import pytest
from pymongo.errors import DuplicateKeyError

from libs.plumbing.keys import KeyRegistry
from libs.plumbing.principals import Principal
from tests.integration.plumbing.workplace import Workplace

CLERK = Principal("clerk-1", frozenset({"clerk"}), "yingbin", expires=2_000)


async def test_a_token_is_listed_and_revoked_once_and_for_all(workplace: Workplace) -> None:
    keys = KeyRegistry(workplace.database["keys"])
    await keys.add("k1", CLERK, 1_000)
    await keys.add("k2", Principal("x", frozenset({"auditor"}), "other"), 1_500)
    assert [one["_id"] for one in await keys.list()] == ["k2", "k1"]
    assert [one["_id"] for one in await keys.list("yingbin")] == ["k1"]
    assert await keys.revoke("k1", 1_600)
    assert await keys.revoke("k1", 1_700)
    assert not await keys.revoke("nobody", 1_700)
    assert (await keys.list("yingbin"))[0]["revoked_at"] == 1_600
    assert keys.revoked("k1")
    assert not keys.revoked("k2")


async def test_the_same_token_id_is_never_given_twice(workplace: Workplace) -> None:
    keys = KeyRegistry(workplace.database["keys"])
    await keys.add("k1", CLERK, 1_000)
    with pytest.raises(DuplicateKeyError):
        await keys.add("k1", CLERK, 1_000)


async def test_another_process_learns_of_a_revocation_by_itself(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("libs.plumbing.keys.REFRESH_S", 0.05)
    ours, theirs = (KeyRegistry(workplace.database["keys"]) for _ in range(2))
    await theirs.add("k1", CLERK, 1_000)
    await ours.start()
    await theirs.revoke("k1", 1_100)
    for _ in range(40):
        if ours.revoked("k1"):
            break
        await asyncio.sleep(0.05)
    assert ours.revoked("k1")
    await ours.stop()
