"""Merging, taking apart, linking and splitting on real servers: both logs in one append, three outcomes, scope."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from uuid_utils.compat import uuid7

from libs.casestore.verify import Range, Where, verify_range
from libs.casework.case import Case
from libs.casework.vocabulary import Service, Stage, Tie, Urgency
from libs.plumbing.embedded.stack import Endpoints
from libs.stages.ports import Ports
from services.triage.app import TRIAGE
from tests.support.planted import CONTACT, POINT, WORDS, Garden, post, statuses
from tests.support.street_office import StreetOffice

PUBLIC = {"public": True, "category": "hoarding", "urgency": Urgency.NORMAL}


@pytest.fixture
def clerk(office: StreetOffice) -> dict[str, str]:
    return office.token("clerk")


async def three(garden: Garden) -> tuple[Case, Case, Case]:
    """Filed cases, the earliest first."""
    first, second, third = [await garden.a_case_at(Stage.FILED, **PUBLIC) for _ in range(3)]
    return first, second, third


async def test_a_merge_is_done_in_both_logs_then_already_done_then_refused(
    office: StreetOffice, clerk: dict[str, str]
) -> None:
    async with office.ports(Service.TRIAGE) as ports, office.http(TRIAGE) as client:
        garden = Garden(ports)
        original, case, other = await three(garden)
        body: dict[str, Any] = {"into": str(original.id), "also": [str(other.id)], "words": "同一堆垃圾"}
        done = await post(client, case, "merge", clerk, **body)
        again = await post(client, case, "merge", clerk, **body)
        reused = await post(client, case, "merge", clerk, into=str(other.id))
        later = await post(client, case, "merge", clerk, "other", into=str(original.id))
        now = await ports.store.load([case.id, other.id, original.id])
        logs = [await garden.log(each.id) for each in (original, case, other)]
        words = await garden.last(case.id)
    assert statuses((done, again, reused, later)) == [200, 200, 422, 409]
    assert (done.json()["already"], again.json()) == (False, done.json() | {"already": True})
    assert (later.json()["stage"], later.json()["attempted"]) == ("merged", "merged.v1")
    assert {now[each.id].merged_into for each in (case, other)} == {original.id}
    assert (now[original.id].followers, now[original.id].rev) == (2, original.rev)
    assert [log[-1] for log in logs] == ["linked.v1", "merged.v1", "merged.v1"]
    assert (words.because, words.words is not None) == (("by_hand",), True)


async def test_unmerging_undoes_both_sides(office: StreetOffice, clerk: dict[str, str]) -> None:
    async with office.ports(Service.TRIAGE) as ports, office.http(TRIAGE) as client:
        garden = Garden(ports)
        original, case, _ = await three(garden)
        early = await post(client, case, "unmerge", clerk, "early")
        await post(client, case, "merge", clerk, into=str(original.id))
        done = await post(client, case, "unmerge", clerk, "u", words="不是一处")
        again = await post(client, case, "unmerge", clerk, "u", words="不是一处")
        late = await post(client, case, "unmerge", clerk, "late")
        now = await ports.store.load([case.id, original.id])
    assert statuses((early, done, again, late)) == [409, 200, 200, 409]
    assert (late.json()["stage"], late.json()["attempted"]) == ("reported", "reinstated.v1")
    assert (now[case.id].stage, now[case.id].merged_into) == (Stage.REPORTED, None)
    assert now[case.id].awaits.person == "clerk"
    assert now[original.id].followers == 0


async def test_a_chain_leads_to_its_end_and_comes_apart_where_it_was_joined(
    office: StreetOffice, clerk: dict[str, str]
) -> None:
    async with office.ports(Service.TRIAGE) as ports, office.http(TRIAGE) as client:
        garden = Garden(ports)
        first, second, third = await three(garden)
        fourth = await garden.a_case_at(Stage.FILED, **PUBLIC)
        await post(client, third, "merge", clerk, into=str(second.id))
        await post(client, second, "merge", clerk, into=str(first.id))
        through = await post(client, fourth, "merge", clerk, into=str(third.id))
        round_about = await post(client, first, "merge", clerk, into=str(third.id))
        apart = await post(client, second, "unmerge", clerk, "u")
        now = await ports.store.load([each.id for each in (first, second, third, fourth)])
    assert statuses((through, round_about, apart)) == [200, 422, 200]
    assert (round_about.json()["field"], round_about.json()["attempted"]) == ("into", "merge")
    assert now[fourth.id].merged_into == first.id
    assert (now[third.id].merged_into, now[second.id].followers) == (second.id, 1)
    assert now[first.id].followers == 1


async def test_two_clerks_who_merge_the_same_two_crosswise_leave_one_standing(
    office: StreetOffice, clerk: dict[str, str]
) -> None:
    async with office.ports(Service.TRIAGE) as ports, office.http(TRIAGE) as client:
        garden = Garden(ports)
        for _ in range(4):
            one, other, _ = await three(garden)
            answers = await asyncio.gather(
                post(client, one, "merge", clerk, into=str(other.id)),
                post(client, other, "merge", office.token("clerk", id="clerk-2"), into=str(one.id)),
            )
            now = await ports.store.load([one.id, other.id])
            assert sorted(statuses(answers)) in ([200, 422], [200, 409])
            assert [each.stage for each in now.values()].count(Stage.MERGED) == 1


async def test_many_at_once_into_one_are_all_counted(office: StreetOffice, clerk: dict[str, str]) -> None:
    async with office.ports(Service.TRIAGE) as ports, office.http(TRIAGE) as client:
        garden = Garden(ports)
        original = await garden.a_case_at(Stage.FILED, **PUBLIC)
        cases = [await garden.a_case_at(Stage.FILED, **PUBLIC) for _ in range(12)]
        answers = await asyncio.gather(
            *(post(client, case, "merge", clerk, into=str(original.id)) for case in cases)
        )
        now = await garden.now(original.id)
    assert set(statuses(answers)) == {200}
    assert now.followers == 12


@pytest.mark.parametrize("command", ["merge", "link", "unlink"])
async def test_a_case_of_another_office_does_not_exist_on_either_side(
    office: StreetOffice, clerk: dict[str, str], command: str
) -> None:
    async with office.ports(Service.TRIAGE) as ports, office.http(TRIAGE) as client:
        garden = Garden(ports)
        ours = await garden.a_case_at(Stage.FILED, **PUBLIC)
        theirs = await garden.a_case_at(Stage.FILED, office="shuibosi", **PUBLIC)
        there = await post(client, ours, command, clerk, **naming(command, theirs))
        here = await post(client, theirs, command, clerk, **naming(command, ours))
        nowhere = await post(client, ours, command, clerk, "n", **naming(command, None))
        now = await ports.store.load([ours.id, theirs.id])
    assert statuses((there, here, nowhere)) == [404, 404, 404]
    assert {now[ours.id], now[theirs.id]} == {ours, theirs}
    assert theirs.number not in there.text


def naming(command: str, other: Case | None) -> dict[str, str]:
    name = str(other.id) if other else "01930000-0000-7000-8000-000000000000"
    return (
        {"into": name}
        if command == "merge"
        else {"other": name} | ({"how": "related"} if command == "link" else {})
    )


async def test_links_stand_in_both_logs_until_they_are_undone(
    office: StreetOffice, clerk: dict[str, str]
) -> None:
    async with office.ports(Service.TRIAGE) as ports, office.http(TRIAGE) as client:
        garden = Garden(ports)
        closed = await garden.a_case_at(Stage.CLOSED)
        case = await garden.a_case_at(Stage.WORKING)
        body = {"other": str(closed.id), "how": "cause"}
        done = await post(client, case, "link", clerk, **body)
        again = await post(client, case, "link", clerk, **body)
        twice = await post(client, case, "link", clerk, "other", **body)
        linked = await ports.store.load([case.id, closed.id])
        undone = await post(client, case, "unlink", clerk, "u", other=str(closed.id))
        nothing = await post(client, case, "unlink", clerk, "v", other=str(closed.id))
        now = await ports.store.load([case.id, closed.id])
    assert statuses((done, again, twice, undone, nothing)) == [200, 200, 422, 200, 403]
    assert [link.how for link in linked[case.id].linked] == [Tie.CAUSE]
    assert [link.how for link in linked[closed.id].linked] == [Tie.EFFECT]
    assert (now[case.id].linked, now[closed.id].linked) == ((), ())
    assert now[case.id].rev == case.rev


async def test_a_rejected_case_is_taken_up_again_by_its_office_only(
    office: StreetOffice, clerk: dict[str, str]
) -> None:
    async with office.ports(Service.TRIAGE) as ports, office.http(TRIAGE) as client:
        garden = Garden(ports)
        case = await garden.a_case_at(Stage.REJECTED)
        unit = await post(
            client, case, "reinstate", office.token("unit_worker", unit="pmc"), reason="new_facts"
        )
        stranger = await post(
            client, case, "reinstate", office.token("clerk", office="shuibosi"), reason="new_facts"
        )
        done = await post(client, case, "reinstate", clerk, reason="new_facts", words="居民又来电")
        again = await post(client, case, "reinstate", clerk, reason="new_facts", words="居民又来电")
        late = await post(client, case, "reinstate", clerk, "late", reason="new_facts")
        now = await garden.now(case.id)
    assert statuses((unit, stranger, done, again, late)) == [403, 404, 200, 200, 409]
    assert (now.stage, now.awaits.person) == (Stage.REPORTED, "clerk")


PARTS = [
    {"category": "exposed_garbage", "words": "围挡边上还有一堆垃圾"},
    {"category": "infant_supplies", "words": "孩子没有奶粉"},
]


async def split(
    client: httpx.AsyncClient, case: Case, who: dict[str, str], key: str = "s", **more: Any
) -> Any:
    return await post(client, case, "split", who, key, **{"parts": PARTS} | more)


async def contents_of(ports: Ports, case: Case) -> dict[str, str]:
    found = await ports.vault.read({case.id: case.contents})
    return {ref.kind: (found[ref.id] or b"").decode() for ref in case.contents}


async def test_a_split_opens_a_case_for_each_part_once(office: StreetOffice, clerk: dict[str, str]) -> None:
    async with office.ports(Service.TRIAGE) as ports, office.http(TRIAGE) as client:
        garden = Garden(ports)
        lead = await garden.a_case_at(Stage.FILED, **PUBLIC)
        done = await split(client, lead, clerk)
        again = await split(client, lead, clerk)
        reused = await split(client, lead, clerk, parts=PARTS[:1])
        stranger = await split(client, lead, office.token("clerk", office="shuibosi"), "x")
        now = await garden.now(lead.id)
        parts = [await garden.now(link.other) for link in now.linked]
        said = [await contents_of(ports, part) for part in parts]
        numbers = {document["_id"]: document["last"] async for document in ports.database["numbers"].find()}
    assert statuses((done, again, reused, stranger)) == [200, 200, 422, 404]
    assert again.json() == done.json() | {"already": True}
    assert [link.how for link in now.linked] == [Tie.SPLIT_INTO] * 2
    assert [(part.category, part.public, part.stage) for part in parts] == [
        ("exposed_garbage", True, Stage.FILED),
        ("infant_supplies", False, Stage.FILED),
    ]
    assert {(part.linked[0].other, part.linked[0].how) for part in parts} == {(lead.id, Tie.SPLIT_FROM)}
    assert len({lead.number, *(part.number for part in parts)}) == 3
    assert list(numbers.values()) == [2], "a retry uses up no number"
    assert [each["text"] for each in said] == [part["words"] for part in PARTS]
    assert all((each["contact"], each["point"]) == (CONTACT, POINT) for each in said)


async def test_a_part_keeps_its_words_when_the_report_is_erased(
    office: StreetOffice, clerk: dict[str, str]
) -> None:
    async with office.ports(Service.TRIAGE) as ports, office.http(TRIAGE) as client:
        garden = Garden(ports)
        lead = await garden.a_case_at(Stage.FILED, **PUBLIC)
        await split(client, lead, clerk)
        (part, _) = (await garden.now(lead.id)).linked
        await ports.vault.erase(lead.id, 1)
        late = await split(client, lead, clerk, "late")
        said = await contents_of(ports, await garden.now(part.other))
        log = b"".join(sealed.body for sealed in await ports.store.log(part.other)).decode()
    assert (late.status_code, late.json()["type"]) == (410, "urn:banjie:problem:erased")
    assert said["text"] == PARTS[0]["words"]
    assert not any(word in log for word in (WORDS, PARTS[0]["words"], "13900000000"))


async def test_nothing_of_a_split_happens_when_a_part_is_wrong(
    office: StreetOffice, clerk: dict[str, str]
) -> None:
    async with office.ports(Service.TRIAGE) as ports, office.http(TRIAGE) as client:
        garden = Garden(ports)
        lead = await garden.a_case_at(Stage.FILED, **PUBLIC)
        wrong = [PARTS[0], PARTS[1] | {"evidence": [str(lead.id)]}]
        photo = await split(client, lead, clerk, "a", parts=wrong)
        unknown = await split(client, lead, clerk, "b", parts=[PARTS[0], PARTS[1] | {"category": "x"}])
        closed = await split(client, await garden.a_case_at(Stage.CLOSED), clerk)
        assert await garden.now(lead.id) == lead
        assert await ports.database["cases"].count_documents({}) == 2
    assert statuses((photo, unknown, closed)) == [422, 422, 409]
    assert (photo.json()["field"], unknown.json()["field"]) == ("evidence", "parts.1.category")
    assert (closed.json()["stage"], closed.json()["attempted"]) == ("closed", "split.v1")


async def test_photos_of_a_part_are_its_own_and_everything_verifies(
    office: StreetOffice, clerk: dict[str, str], servers: Endpoints
) -> None:
    async with office.ports(Service.TRIAGE) as ports, office.http(TRIAGE) as client:
        garden = Garden(ports)
        original, lead, case = [await garden.a_case_at(Stage.FILED, **PUBLIC) for _ in range(3)]
        key = (await ports.vault.keys([lead.id]))[lead.id]
        photo = await ports.photos.put(key, uuid7(), b"a picture")
        shows = [PARTS[0] | {"evidence": [str(photo.id)]}]
        done = await split(client, lead, clerk, parts=shows)
        merged = await post(client, case, "merge", clerk, into=str(original.id))
        (link,) = (await garden.now(lead.id)).linked
        part = await garden.now(link.other)
        (copy,) = [ref for ref in part.contents if ref.kind == "photo"]
        read = await ports.photos.read(part.id, copy.id)
        user = {"username": servers.mongo_user, "password": servers.mongo_password}
        where = Where(servers.mongo_address, user, office.name)
        everything = Range(UUID(int=0), UUID(int=2**128 - 1))
        report = await asyncio.to_thread(verify_range, where, everything)
    assert statuses((done, merged)) == [200, 200]
    assert (read, copy.id != photo.id) == (b"a picture", True)
    # The picture was put without an event that names it: nothing that verify looks for.
    assert (report.cases, report.findings) == (4, ())
