"""From a clerk's correction to the next refit, on real servers; and that erasing a case takes it out again."""

from uuid import UUID

from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Service
from libs.plumbing.clock import now_us
from libs.stages.ports import Ports
from services.triage.app import TRIAGE
from services.triage.learning import Judged, Learning, State
from tests.integration.triage.test_triage import VAGUE, Opened, post
from tests.support.street_office import StreetOffice

AT = {"at": "2026-11-25T09:00:00Z"}
A_DAY = 24 * 3600 * 1_000_000


def learning(ports: Ports) -> Learning:
    return Learning(ports.database, ports.store, ports.vault, ports.clock)


async def corrected(office: StreetOffice, ports: Ports, opened: Opened | None = None) -> UUID:
    case = await (opened or Opened(ports)).triaged(VAGUE)
    async with office.http(TRIAGE) as client:
        told = {"category": "street_lamp"}
        answer = await post(client, case, "file", told, key=str(case.id), **office.token("clerk"))
    assert answer.status_code == 200, answer.text
    return case.id


async def made_at(it: Learning, case_id: UUID) -> int:
    """When the correction of a case was made."""
    found = {
        each.correction.case_id: each.correction.at
        for each in (await it.listed(now_us() - A_DAY, 500)).judged
    }
    return found[case_id]


async def test_an_accepted_correction_is_a_lesson_until_its_case_is_erased(office: StreetOffice) -> None:
    async with office.ports(Service.TRIAGE) as ports:
        case_id, it = await corrected(office, ports), learning(ports)
        assert case_id in {
            each.correction.case_id for each in (await it.listed(now_us() - A_DAY, 500)).judged
        }
        before = len(await it.lessons())
        judged = await it.judge(case_id, await made_at(it, case_id), State.ACCEPTED, "admin")
        assert isinstance(judged, Judged)
        assert [each.category for each in await it.lessons()][before:] == ["street_lamp"]
        await ports.vault.erase(case_id, now_us())
        assert len(await it.lessons()) == before


async def test_a_dropped_correction_teaches_nothing(office: StreetOffice) -> None:
    async with office.ports(Service.TRIAGE) as ports:
        case_id, it = await corrected(office, ports), learning(ports)
        before = len(await it.lessons())
        at = await made_at(it, case_id)
        await it.judge(case_id, at, State.ACCEPTED, "admin")
        await it.judge(case_id, at, State.DROPPED, "admin")
        assert len(await it.lessons()) == before
        states = {
            each.correction.case_id: each.state for each in (await it.listed(now_us() - A_DAY, 500)).judged
        }
        assert states[case_id] is State.DROPPED


async def test_who_is_corrected_again_after_the_verdict_teaches_nothing_until_it_is_judged_anew(
    office: StreetOffice,
) -> None:
    async with office.ports(Service.TRIAGE) as ports:
        case_id, it = await corrected(office, ports), learning(ports)
        at, before = await made_at(it, case_id), len(await it.lessons())
        assert isinstance(await it.judge(case_id, at, State.ACCEPTED, "admin"), Judged)
        async with office.http(TRIAGE) as client:
            case = (await ports.store.load([case_id]))[case_id]
            told = {"category": "leaf_branch"}
            key = f"{case_id}/2"
            answer = await post(client, case, "reclassify", told, key=key, **office.token("clerk"))
            assert answer.status_code == 200, answer.text
        assert len(await it.lessons()) == before
        refused = await it.judge(case_id, at, State.ACCEPTED, "admin")
        assert isinstance(refused, Refusal)
        assert refused.code is Why.STALE
        assert isinstance(
            await it.judge(case_id, await made_at(it, case_id), State.ACCEPTED, "admin"), Judged
        )
        assert [each.category for each in await it.lessons()][before:] == ["leaf_branch"]


async def test_the_list_goes_back_page_by_page_and_tells_how_far_it_looked(office: StreetOffice) -> None:
    async with office.ports(Service.TRIAGE) as ports:
        since, it, opened = now_us(), learning(ports), Opened(ports)
        cases = [await corrected(office, ports, opened) for _ in range(3)]
        seen, page = list[UUID](), await it.listed(since, 1)
        while True:
            seen += [each.correction.case_id for each in page.judged]
            if page.back_to is None:
                break
            page = await it.listed(since, 1, page.back_to)
        assert seen == cases[::-1]
    async with office.http(TRIAGE) as client:
        admin = office.token("administrator")
        params = {"limit": 1}
        first = (await client.get("/v1/corrections", params=params, headers=admin)).json()
        params["after"] = first["after"]
        second = (await client.get("/v1/corrections", params=params, headers=admin)).json()
        listed = [each["case_id"] for each in first["corrections"] + second["corrections"]]
        assert listed == [str(each) for each in cases[:0:-1]]
        assert first["back_to"] == first["after"]
        wrong = await client.get("/v1/corrections", params={"after": "x"}, headers=admin)
        assert (wrong.status_code, wrong.json()["field"]) == (422, "after")


async def test_a_walk_ends_after_so_many_entries_whatever_it_has_found(office: StreetOffice) -> None:
    async with office.ports(Service.TRIAGE) as ports:
        since, opened = now_us(), Opened(ports)
        cases = [await corrected(office, ports, opened) for _ in range(2)]
        asked_for = (since, "classified.v1", "by_hand", 500)
        seen, said = list[UUID](), await ports.store.said_since(*asked_for, walk=3)
        while said.back_to is not None:
            seen += said.case_ids
            said = await ports.store.said_since(*asked_for, said.back_to, walk=3)
        assert [*seen, *said.case_ids] == cases[::-1]
        nothing = await ports.store.said_since(since, "closed.v1", "by_hand", 500, walk=3)
        assert (nothing.case_ids, nothing.back_to is None) == ([], False)


async def test_of_very_many_the_newest_are_learned(office: StreetOffice) -> None:
    async with office.ports(Service.TRIAGE) as ports:
        it, opened = learning(ports), Opened(ports)
        one = Learning(ports.database, ports.store, ports.vault, ports.clock, most=1)
        # Both before a verdict: what was learned is suggested then, and not corrected any more.
        for case_id in [await corrected(office, ports, opened) for _ in range(2)]:
            await it.judge(case_id, await made_at(it, case_id), State.ACCEPTED, "admin")
        assert len(await it.lessons()) >= 2
        assert len(await one.lessons()) == 1


async def test_only_administrators_review(office: StreetOffice) -> None:
    async with office.ports(Service.TRIAGE) as ports:
        case_id = await corrected(office, ports)
    clerk, admin = office.token("clerk"), office.token("administrator")
    async with office.http(TRIAGE) as client:
        assert (await client.get("/v1/corrections", headers=clerk)).status_code == 403
        assert (
            await client.post(f"/v1/corrections/{case_id}/accept", params=AT, headers=clerk)
        ).status_code == 403
        listed = (await client.get("/v1/corrections", headers=admin)).json()["corrections"]
        assert str(case_id) in {each["case_id"] for each in listed}
        assert "text" not in listed[0]
        where = f"/v1/corrections/{case_id}/accept"
        (at,) = (each["at"] for each in listed if each["case_id"] == str(case_id))
        answer = await client.post(where, params={"at": "2026-11-25T09:00:00Z"}, headers=admin)
        assert (answer.status_code, answer.json()["allowed"]) == (409, [at])
        answer = await client.post(where, params={"at": at}, headers=admin)
        assert (answer.status_code, answer.json()["state"]) == (200, "accepted")
        unknown = await client.post(f"/v1/corrections/{UUID(int=7)}/accept", params={"at": at}, headers=admin)
        assert unknown.status_code == 404
