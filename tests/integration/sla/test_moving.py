"""Moving cases to another policy version on a real MongoDB: over HTTP, in bulk, twice, at once, and while a monitor watches."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from shutil import copytree
from typing import Any
from uuid import UUID

import httpx
import pytest
import yaml

from libs.casestore.store import CaseStore
from libs.casework.case import Case
from libs.casework.deadlines.clocks import clocks
from libs.casework.deadlines.policies import parse_policies
from libs.casework.entry import Entry
from libs.casework.events.oversight import PolicyChanged
from libs.casework.samples import example
from libs.casework.vocabulary import Service, Stage
from libs.plumbing.data import data_folder, read_yaml
from libs.plumbing.principals import Principal
from libs.stages.commands import Command
from libs.stages.desk import CommandDesk
from libs.stages.http import command_from
from libs.stages.outcome import Done
from services.sla.app import SLA, reference
from services.sla.bodies import PolicyChange
from services.sla.commands import NAME, Moving, command_table
from services.sla.rules import Reference
from tests.integration.sla.conftest import Room
from tests.support.calendars import at
from tests.support.planted import Garden, post
from tests.support.policies import RELAXED, STRICT, written
from tests.support.reference import reasons
from tests.support.street_office import StreetOffice

WISH = {"to": "2026-11", "reason": "new_rules"}
EVENT = PolicyChanged.name()


@pytest.fixture
def strict_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reviewed data in which a stricter version is in force since the twentieth."""
    folder = tmp_path / "data"
    copytree(data_folder(), folder)
    (folder / "policies.yaml").write_text(yaml.safe_dump(written("2026-11-20", all={"targets": STRICT})))
    monkeypatch.setenv("BANJIE_DATA_FOLDER", str(folder))


@pytest.fixture
async def garden(office: StreetOffice) -> AsyncIterator[Garden]:
    async with office.ports(Service.DISPATCH) as ports:
        yield Garden(ports)


@pytest.fixture
async def client(office: StreetOffice, strict_now: None) -> AsyncIterator[httpx.AsyncClient]:
    async with office.http(SLA) as client:
        yield client


async def move_all(
    client: httpx.AsyncClient, who: dict[str, str], ids: Iterable[UUID], key: str
) -> list[dict[str, Any]]:
    headers = who | {"Idempotency-Key": key}
    answer = await client.post(
        "/v1/policy-changes", json=WISH | {"cases": [str(each) for each in ids]}, headers=headers
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["results"]  # type: ignore[no-any-return]


async def test_one_case_is_moved_again_is_already_done_and_wrong_is_refused(
    office: StreetOffice, client: httpx.AsyncClient, garden: Garden
) -> None:
    case = await garden.a_case_at(Stage.WORKING)
    boss = office.token("supervisor")
    done, again, other_key = [
        (await post(client, case, "change-policy", boss, key, **WISH)).json() for key in ("a", "a", "b")
    ]
    assert (done["already"], again["already"], other_key["already"]) == (False, True, True)
    assert done["seq"] == again["seq"] == other_key["seq"] == case.seq + 1
    assert (await garden.now(case.id)).rev == case.rev
    for who in (office.token("clerk"), office.token("administrator", office="shuibosi")):
        assert (await post(client, case, "change-policy", who, "c", **WISH)).status_code == 403
    stranger = office.token("supervisor", office="shuibosi")
    assert (await post(client, case, "change-policy", stranger, "d", **WISH)).status_code == 404
    wrong = await post(client, case, "change-policy", boss, "e", to="2030", reason="new_rules")
    assert (wrong.status_code, wrong.json()["field"]) == (422, "to")
    stale = await post(client, case, "change-policy", boss | {"If-Match": '"1"'}, "f", **WISH)
    assert (stale.status_code, stale.json()["field"]) == (409, "rev")
    assert (await garden.log(case.id)).count(EVENT) == 1


async def test_in_bulk_each_has_its_result_and_half_of_it_may_have_been_done(
    office: StreetOffice, client: httpx.AsyncClient, garden: Garden
) -> None:
    cases = [await garden.a_case_at(Stage.WORKING) for _ in range(4)]
    unfiled, elsewhere = (
        await garden.a_case_at(Stage.REPORTED),
        await garden.a_case_at(Stage.FILED, office="shuibosi"),
    )
    boss, ids = office.token("supervisor"), [one.id for one in (*cases, unfiled, elsewhere)]
    # Whoever was killed after the first two begins again with all.
    await move_all(client, boss, ids[:2], "before-the-kill")
    results = await move_all(client, boss, ids, "after-it")
    assert [one["outcome"] for one in results] == ["already"] * 2 + ["done"] * 2 + ["refused"] * 2
    assert [one["code"] for one in results[4:]] == ["not-this-stage", "unknown-case"]
    assert [one["outcome"] for one in await move_all(client, boss, ids[:4], "and-again")] == ["already"] * 4
    for case in cases:
        assert (await garden.log(case.id)).count(EVENT) == 1


async def test_a_preview_counts_and_touches_nothing_and_says_what_the_move_then_does(
    office: StreetOffice, client: httpx.AsyncClient, garden: Garden
) -> None:
    cases = [await garden.a_case_at(Stage.WORKING) for _ in range(3)]
    boss = office.token("supervisor")
    pages = [await preview(client, boss, to="2026-11", limit=2)]
    pages.append(await preview(client, boss, to="2026-11", limit=2, after=pages[0]["after"]))
    found = [case for page in pages for case in page["cases"]]
    assert {one["case_id"] for one in found} == {str(case.id) for case in cases}
    assert pages[1]["after"] is None
    assert sum(group["cases"] for page in pages for group in page["groups"]) == 3
    assert [len(await garden.log(case.id)) for case in cases] == [case.seq for case in cases]
    await move_all(client, boss, [case.id for case in cases], "now")
    for one in found:
        shown = (await client.get(f"/v1/cases/{one['case_id']}/clocks", headers=boss)).json()["clocks"]
        due = {each["clock"]: each["due"] for each in shown}
        assert {each["clock"]: each["after"]["due"] for each in one["clocks"]}.items() <= due.items()
    assert (await preview(client, boss, to="2026-11"))["cases"] == []
    assert (await preview(client, boss, to="2026-11", of="second"))["cases"] == []


async def test_filters_hold_for_named_cases_too_and_each_that_is_left_out_has_its_reason(
    office: StreetOffice, client: httpx.AsyncClient, garden: Garden
) -> None:
    led, already = [await garden.a_case_at(Stage.WORKING) for _ in range(2)]
    ended, other = (
        await garden.a_case_at(Stage.REJECTED),
        await garden.a_case_at(Stage.WORKING, office="shuibosi"),
    )
    boss, district = office.token("supervisor"), office.token("auditor")
    await move_all(client, boss, [already.id], "one")
    named = [str(each.id) for each in (led, already, ended, other)] + [str(UUID(int=7))]
    found = await preview(client, boss, to="2026-11", cases=named)
    assert [one["case_id"] for one in found["cases"]] == named[:1]
    assert why(found) == {
        named[1]: "already",
        named[2]: "not_at_this_stage",
        named[3]: "unknown",
        named[4]: "unknown",
    }
    assert why(await preview(client, district, to="2026-11", cases=named))[named[3]] == "another_office"
    elsewhere = await preview(client, boss, to="2026-11", office="shuibosi")
    assert (elsewhere["looked_at"], elsewhere["cases"]) == (0, [])
    elsewhere = await preview(client, boss, to="2026-11", office="shuibosi", cases=[named[0], named[3]])
    assert why(elsewhere) == {named[0]: "another_office", named[3]: "unknown"}
    there = await preview(client, district, to="2026-11", office="shuibosi", cases=[named[3]])
    assert [one["case_id"] for one in there["cases"]] == [named[3]]
    for wanted, reason in (
        ({"unit": "community"}, "another_unit"),
        ({"category": "street_lamp"}, "another_category"),
        ({"of": "2026-11"}, "another_version"),
    ):
        found = await preview(client, boss, to="2026-11", cases=named[:1], **wanted)
        assert (found["cases"], why(found)) == ([], {named[0]: reason})
    first = await preview(client, boss, to="2026-11", cases=named[:2], limit=1)
    rest = await preview(client, boss, to="2026-11", cases=named[:2], limit=1, after=first["after"])
    assert (why(first) | why(rest), rest["after"]) == ({named[1]: "already"}, None)


def why(found: dict[str, Any]) -> dict[str, str]:
    return {one["case_id"]: one["why"] for one in found["left_out"]}


async def preview(client: httpx.AsyncClient, who: dict[str, str], **body: Any) -> dict[str, Any]:
    answer = await client.post("/v1/policies/preview", json=body, headers=who)
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def test_a_new_file_is_previewed_before_it_is_in_force_and_a_wrong_one_is_refused(
    office: StreetOffice, client: httpx.AsyncClient, garden: Garden
) -> None:
    case, boss = await garden.a_case_at(Stage.WORKING), office.token("administrator")
    data = read_yaml("policies.yaml")
    later = written("2026-12-20", all={"targets": RELAXED})["policies"][1] | {"id": "third"}
    data["policies"].append(later)
    found = await preview(client, boss, file=yaml.safe_dump(data, allow_unicode=True), cases=[str(case.id)])
    assert (found["version"]["id"], found["version"]["in_force"], len(found["cases"])) == ("third", False, 1)
    for spoiled, said in (
        ("policies: [", "the file, line 2"),
        (
            yaml.safe_dump(data | {"policies": data["policies"][1:]}),
            "the first policy is in force since ever",
        ),
        (
            yaml.safe_dump(data | {"policies": data["policies"][:1]}),
            "version second has been in force and is missing",
        ),
    ):
        answer = await client.post("/v1/policies/preview", json={"file": spoiled}, headers=boss)
        assert (answer.status_code, answer.json()["field"]) == (422, "file")
        assert said in answer.json()["detail"]


async def test_the_versions_are_listed_for_those_who_decide(
    office: StreetOffice, client: httpx.AsyncClient
) -> None:
    found = (await client.get("/v1/policies", headers=office.token("supervisor"))).json()
    assert [(one["id"], one["effective_from"], one["in_force"]) for one in found] == [
        ("2026-11", None, False),
        ("second", "2026-11-20", True),
    ]
    assert (await client.get("/v1/policies", headers=office.token("clerk"))).status_code == 403


TWO = Reference(parse_policies(written("2026-12-20", all={"targets": STRICT})), reference().calendars)
MOVE = PolicyChange(to="second", reason="new_rules", even_if_late=True)
LATER = at("2026-12-21 09:00")


class Interrupted(CaseStore):
    """Somebody writes a note right after the log was read, so often as is left."""

    garden: Garden
    left = 0

    async def logs(self, case_ids: Iterable[UUID]) -> dict[UUID, list[Entry]]:
        found = await super().logs(case_ids)
        if self.left:
            self.left -= 1
            for case_id in found:
                await self.garden.note(case_id, "正在处理")
        return found


def commands(case: Case, *keys: str) -> list[Command]:
    kind = command_table(Moving(TWO, reasons()), lambda: LATER)[NAME]
    boss = Principal("s-1", frozenset({"supervisor"}), "yingbin", expires=LATER)
    found = [command_from(kind, case.id, boss, f"{case.id}/{key}", MOVE) for key in keys]
    return [each for each in found if isinstance(each, Command)]


async def test_two_who_move_a_case_at_once_say_it_once(room: Room) -> None:
    for _ in range(10):
        case = await room.dispatched()
        desks = [CommandDesk(Service.SLA, room.ports.store, room.ports.vault) for _ in range(2)]
        one, two = commands(case, "one", "two")
        outcomes = await asyncio.gather(desks[0].run([one]), desks[1].run([two]))
        assert Counter(each.already for (each,) in outcomes if isinstance(each, Done)) == {False: 1, True: 1}
        assert (await room.garden.log(case.id)).count(EVENT) == 1


async def test_who_was_outrun_by_a_note_decides_again(room: Room) -> None:
    case = await room.dispatched()
    store = Interrupted(room.ports.database, clock=room.wall)
    store.garden, store.left = room.garden, 2
    await store.start()
    (outcome,) = await CommandDesk(Service.SLA, store, room.ports.vault).run(commands(case, "one"))
    await store.stop()
    assert isinstance(outcome, Done)
    assert outcome.seq == case.seq + 3


@pytest.mark.parametrize("moved_at", ["09:05", "09:50"])
async def test_moved_while_its_clock_runs_a_case_is_called_about_by_its_new_deadline_once(
    room: Room, moved_at: str
) -> None:
    # A quarter of an hour to sign instead of one hour.
    room = Room(room.ports, room.wall, TWO)
    case = await room.dispatched()
    await room.fire("09:04")
    await room.fire(moved_at)
    await room.garden.say(case.id, example("policy_changed").model_copy(update={"to_version": "second"}))
    await room.keeper.read_anew([case.id])
    for wall in ("09:51", "10:05", "12:00", "17:00"):
        await room.fire(wall)
    said = Counter(await room.said(case.id))
    ours = {what: number for what, number in said.items() if "acceptance" in what}
    assert set(ours) == {
        "warned acceptance 1",
        "warned acceptance 2",
        "breached acceptance",
        "escalated acceptance 4",
        "escalated acceptance 5",
    }
    # What was said before of the old deadline lies in the past of the new one, too: nobody is warned again.
    assert set(ours.values()) == {1}


async def test_an_empty_monitor_reads_the_same_clocks_from_a_log_with_a_move(room: Room) -> None:
    case = await room.dispatched()
    await room.garden.say(case.id, example("policy_changed").model_copy(update={"to_version": "second"}))
    kept = [sealed.entry for sealed in await room.ports.store.log(case.id)]
    again = (await room.ports.store.logs([case.id]))[case.id]
    computed = [repr(clocks(log, TWO.policies, TWO.calendars)).encode() for log in (kept, again)]
    assert computed[0] == computed[1]
    assert b"second" in computed[0]
