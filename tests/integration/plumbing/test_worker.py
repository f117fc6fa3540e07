"""The worker on real servers: what ends well."""

import asyncio
import base64
import json

from tests.integration.plumbing.workplace import Workplace, ended, stopped, until

OK = ["ok"]


async def test_every_record_is_handled_once_and_a_clean_restart_repeats_none(workplace: Workplace) -> None:
    child = await workplace.work()
    await workplace.send(*OK * 50)
    await until(lambda: _handled(workplace, 50))
    assert await stopped(child) == 0
    child = await workplace.work()
    await workplace.send(*OK * 5)
    await until(lambda: _handled(workplace, 55))
    assert {one["times"] for one in await workplace.handled()} == {1}
    assert b"last_run_ended_uncleanly" not in workplace.log.read_bytes()
    await stopped(child)


async def test_a_hard_kill_in_mid_stream_loses_no_record(workplace: Workplace) -> None:
    first = await workplace.work()
    await workplace.send(*OK * 10)
    await until(lambda: _handled(workplace, 10))
    await workplace.send(*OK * 2000)
    first.kill()
    await first.wait()
    second = await workplace.work()
    await until(lambda: _handled(workplace, 2010))
    assert b"last_run_ended_uncleanly" in workplace.log.read_bytes()
    assert await stopped(second) == 0


async def test_a_record_in_hand_at_a_hard_kill_comes_again(workplace: Workplace) -> None:
    child = await workplace.work()
    await workplace.send("ok")
    await until(lambda: _handled(workplace, 1))
    await workplace.send("slow")
    await asyncio.sleep(1.5)  # three commits long
    child.kill()
    await child.wait()
    child = await workplace.work()
    await until(lambda: _handled(workplace, 2))
    await stopped(child)


async def test_a_record_in_hand_at_sigterm_comes_again_when_it_cannot_finish(workplace: Workplace) -> None:
    child = await workplace.work()
    await workplace.send("ok")
    await until(lambda: _handled(workplace, 1))
    await workplace.send("hang")
    await asyncio.sleep(1)
    assert await stopped(child) == 0
    assert sum((await workplace.committed()).values()) == 1


async def test_a_refused_record_lands_in_the_rejected_topic_with_its_reason(workplace: Workplace) -> None:
    child = await workplace.work()
    await workplace.send("ok", "refuse", "ok")
    await until(lambda: _handled(workplace, 3))
    (rejection,) = await workplace.rejected()
    assert (rejection["code"], rejection["field"], rejection["allowed"]) == ("bad_words", "text", ["ok"])
    assert base64.b64decode(rejection["original"]) == b"refuse"
    assert rejection["id"].startswith(f"{workplace.settings.service}:{workplace.topic}:")
    await stopped(child)


async def test_a_topic_that_is_missing_at_start_is_waited_for(workplace: Workplace) -> None:
    late = f"banjie.work.{workplace.settings.service}"
    child = await workplace.work(late)
    await until(lambda: _logged(workplace, "waiting_for_topics"))
    workplace.make_topics(late)
    await workplace.send("ok", topic=late)
    await until(lambda: _handled(workplace, 1))
    await stopped(child)


async def test_a_topic_made_again_ends_the_process_to_restart_at_once(workplace: Workplace) -> None:
    child = await workplace.work()
    await workplace.send("ok")
    await until(lambda: _handled(workplace, 1))
    workplace.drop_topics(workplace.topic)
    await asyncio.sleep(1)
    workplace.make_topics(workplace.topic)
    assert await ended(child) == 75


async def _handled(workplace: Workplace, count: int) -> bool:
    return len(await workplace.handled()) == count


async def _logged(workplace: Workplace, event: str) -> bool:
    lines = workplace.log.read_text().splitlines()
    return any(json.loads(line)["event"] == event for line in lines if line.startswith("{"))
