"""`actions` against what really happens: every command of every service, in every role, at every stage, carried out."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from libs.casework.case import Case
from libs.casework.vocabulary import Role, Stage
from libs.plumbing.data import read_yaml
from libs.stages.service import StageService
from services.closure.app import CLOSURE
from services.closure.checklists import parse_checklists
from services.dispatch.app import DISPATCH
from services.intake.app import INTAKE
from services.sla.app import SLA
from services.triage.app import TRIAGE
from tests.support.planted import GRID, Garden
from tests.support.street_office import StreetOffice

WORDS = {"words": "现场情况"}
FILING = {"category": "hoarding", "grid": GRID}
ASKED = parse_checklists(read_yaml("checklists.yaml")).of("hoarding").points
HOLDS, LACKS = ([{"point": each.id, "answer": answer} for each in ASKED] for answer in ("yes", "no"))
BODIES: dict[str, dict[str, Any]] = {
    "file": FILING,
    "reclassify": FILING,
    "ask_confirmation": FILING,
    "split": {"parts": [{**FILING, **WORDS}]},
    "reinstate": {"reason": "new_facts"},
    "details": WORDS,
    "reject": {"reason": "not_our_area"},
    "confirm": {"found": False},
    "dispatch": {"lead": "enforce"},
    "plan": {"items": [{"title": "清运"}]},
    "return": {"reason": "not_our_duty"},
    "done": {"item": "clear"},
    "note": WORDS,
    "ask_suspension": {"reason": "weather"},
    "suspend": {"reason": "weather"},
    "ask_extension": {"clock": "resolution", "by": "1 work_hour", "reason": "weather"},
    "resolve": WORDS,
    "hand_over": {"lead": "enforce", "reason": "ruling"},
    "answer_attention": WORDS,
    "pass": {**WORDS, "points": HOLDS, "no_photo": "现场无法拍照"},
    "fail": {"reason": "half_done", "points": LACKS},
    "call_back": {"reached": False},
    "appeal": {"mark": "rework", "reason": "done_well"},
    "decide_appeal": {"upheld": True, "reason": "proved"},
    "patrol": {"every_days": 7, "times": 2},
    "rate": {"score": 5, "solved": True},
    "reopen": {"reason": "closed_by_mistake"},
    "change_policy": {"to": "2026-11", "reason": "new_rules"},
}
"""A proper body of each command; what is not here carries nothing that is required."""
ROLES = [role for role in Role if role is not Role.SYSTEM]
SERVICES = (INTAKE, TRIAGE, DISPATCH, CLOSURE, SLA)


def somebody(office: StreetOffice, role: Role, **more: Any) -> dict[str, str]:
    belongs = {Role.UNIT_WORKER: {"unit": "pmc"}, Role.GRID_WORKER: {"unit": "pmc", "grids": (GRID,)}}
    return office.token(role, **belongs.get(role, {}), **more)


async def asked(client: httpx.AsyncClient, case: Case, who: Mapping[str, str]) -> list[dict[str, Any]]:
    answer = await client.get(f"/v1/cases/{case.id}/actions", headers=who)
    assert answer.status_code == 200, answer.text
    actions: list[dict[str, Any]] = answer.json()["actions"]
    return actions


def naming(other: Case) -> dict[str, dict[str, Any]]:
    """What the commands carry that speak of another case, which is as the first in everything."""
    one = {"other": str(other.id)}
    return {"merge": {"into": str(other.id)}, "link": {**one, "how": "related"}, "unlink": one}


async def carried_out(
    client: httpx.AsyncClient, case: Case, other: Case, action: Mapping[str, Any], who: Mapping[str, str]
) -> httpx.Response:
    path = f"/v1/cases/{case.id}/{action['path'].rsplit('/', 1)[1]}"
    headers = {"Idempotency-Key": f"{case.id}/{action['name']}", **who}
    body = BODIES.get(action["name"], {}) | naming(other).get(action["name"], {})
    return await client.request(action["method"], path, json=body, headers=headers)


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("service", SERVICES, ids=lambda each: each.service)
async def test_what_is_offered_is_done_and_what_is_refused_is_refused_for_the_same_reason(
    office: StreetOffice, service: StageService, stage: Stage
) -> None:
    differing: list[tuple[str, str, str]] = []
    async with office.ports(service.service) as ports, office.http(service) as client:
        garden = Garden(ports)
        other, untouched = await garden.a_case_at(stage), await garden.a_case_at(stage)
        for role in ROLES:
            who = somebody(office, role)
            for action in await asked(client, untouched, who):
                case = await garden.a_case_at(stage) if action["allowed"] else untouched
                answer = await carried_out(client, case, other, action, who)
                offered = 200 if action["allowed"] else (action["refused"] or {})["detail"]
                became = 200 if answer.status_code == 200 else answer.json()["detail"]
                if offered != became:
                    differing.append((f"{role} {action['name']}", str(offered), str(became)))
        now = await garden.now(untouched.id)
    assert differing == []
    assert now.seq == untouched.seq
