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


async def corrected(office: StreetOffice, ports: Ports) -> UUID:
    case = await Opened(ports).triaged(VAGUE)
    async with office.http(TRIAGE) as client:
        told = {"category": "street_lamp"}
        answer = await post(client, case, "file", told, key=str(case.id), **office.token("clerk"))
    assert answer.status_code == 200, answer.text
    return case.id


async def made_at(it: Learning, case_id: UUID) -> int:
    """When the correction of a case was made."""
    found = {each.correction.case_id: each.correction.at for each in await it.listed(now_us() - A_DAY, 500)}
    return found[case_id]


async def test_an_accepted_correction_is_a_lesson_until_its_case_is_erased(office: StreetOffice) -> None:
    async with office.ports(Service.TRIAGE) as ports:
        case_id, it = await corrected(office, ports), learning(ports)
        assert case_id in {each.correction.case_id for each in await it.listed(now_us() - A_DAY, 500)}
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
        states = {each.correction.case_id: each.state for each in await it.listed(now_us() - A_DAY, 500)}
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


async def test_of_very_many_the_newest_are_learned(office: StreetOffice) -> None:
    async with office.ports(Service.TRIAGE) as ports:
        it, one = learning(ports), Learning(ports.database, ports.store, ports.vault, ports.clock, most=1)
        for _ in range(2):
            case_id = await corrected(office, ports)
            await it.judge(case_id, await made_at(it, case_id), State.ACCEPTED, "admin")
        assert len(await it.lessons()) >= 2
        assert len(await one.lessons()) == 1
        await ports.vault.erase(case_id, now_us())
        assert await one.lessons() == []


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
