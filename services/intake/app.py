"""The composition root of intake: the only file that knows every other."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter

from libs.casestore.numbers import CaseNumbers
from libs.casestore.schema import BLOCKS
from libs.casework.calendar import parse_calendars
from libs.casework.categories import parse_catalogue
from libs.casework.closing import parse_terms
from libs.casework.deadlines.policies import parse_policies
from libs.casework.offices import parse_offices
from libs.casework.places import parse_places
from libs.casework.reasons import parse_reasons
from libs.casework.replies import parse_replies
from libs.casework.vocabulary import Service
from libs.plumbing.data import DataUnreadable, read_geojson, read_yaml
from libs.plumbing.leases import Leases
from libs.plumbing.records import Route
from libs.stages.actions import ActionDoor
from libs.stages.desk import CommandDesk
from libs.stages.doors import Door
from libs.stages.http import command_routes
from libs.stages.names import directory
from libs.stages.ports import Ports, master_key
from libs.stages.receipts import Receipts
from libs.stages.residents import receipt_routes
from libs.stages.service import StageService
from libs.stages.uploads import PhotoDoor
from services.intake.abuse import Abuse
from services.intake.agents import routes
from services.intake.api import ReportDoor
from services.intake.batch import BatchDoor
from services.intake.block_door import BlockDoor
from services.intake.blocklist import Blocklist
from services.intake.commands import CLERKS, command_table, receipt_table
from services.intake.expected import Expectation
from services.intake.handlers import Intake
from services.intake.holders import HolderPhotos, Holders
from services.intake.leftovers import PhotoSweep
from services.intake.marks import Fingerprints
from services.intake.policy import parse_policy
from services.intake.replying import Answers
from services.intake.rules import Guide


@dataclass(frozen=True, slots=True)
class Room:
    """What intake is made of. It decides nothing by itself: no case ever awaits it."""

    routers: Sequence[APIRouter]
    routes: Sequence[Route]
    reactor: None = None


def guide() -> Guide:
    """The reviewed data; the first office in the list gets what names no place."""
    offices = parse_offices(read_yaml("offices.yaml"))
    return Guide(
        parse_catalogue(read_yaml("categories.yaml")),
        parse_places(read_geojson("grids.geojson")),
        offices,
        offices.offices[0].code,
        parse_policy(read_yaml("intake.yaml")),
    )


def answers() -> Answers:
    """What residents are told at the end. Raises `DataUnreadable` where a text is for a category that there is not."""
    names, replies = directory(), parse_replies(read_yaml("replies.yaml"))
    for outcome, texts in replies.outcomes.items():
        unknown = next((each for each in texts.categories if names.category(each) is None), None)
        if unknown:
            raise DataUnreadable(f"replies.yaml: {outcome}: categories.yaml has no category {unknown}")
    terms, reasons = parse_terms(read_yaml("closure.yaml")), parse_reasons(read_yaml("reasons.yaml"))
    return Answers(replies, terms, reasons, names)


async def build(ports: Ports) -> Room:
    """Intake with its ports."""
    receipts, prints = Receipts(master_key(ports.settings)), Fingerprints(master_key(ports.settings))
    numbers = CaseNumbers(ports.database, ports.settings.office_zone, ports.clock)
    data, blocklist = guide(), Blocklist(ports.database[BLOCKS], prints, ports.clock)
    await blocklist.refresh()
    intake = Intake(ports, numbers, data, receipts, blocklist)
    door = Door(intake.carry, ports.publishers, ports.rejections, ports.kafka, ports.clock)
    http = ReportDoor(
        intake,
        receipts,
        ports.store,
        ports.vault,
        Abuse(data.policy, prints),
        prints,
        answers(),
        expectation(),
    )
    blocks = BlockDoor(blocklist, data.policy, ports.store, ports.vault, prints)
    desk = CommandDesk(Service.INTAKE, ports.store, ports.vault, ports.photos)
    table, of_residents, holders = command_table(), receipt_table(), Holders(ports.store)
    paths = {"withdrawals": of_residents["withdraw"], "details": of_residents["details"]}
    routers = (
        BatchDoor(intake, receipts).router(),
        http.router(),
        blocks.router(),
        command_routes(table, desk),
        ActionDoor(Service.INTAKE, table, ports.store).router(),
        receipt_routes(paths, holders, desk),
        HolderPhotos(holders, ports.vault, ports.photos).router(),
        PhotoDoor(ports.store, ports.vault, ports.photos, CLERKS).router(),
    )
    return Room(routers, routes(door, ports.publishers))


def expectation() -> Expectation:
    """By when a case should be done, by the same data as the sla service's."""
    calendars = parse_calendars(read_yaml("calendars.yaml"), read_yaml("holidays.yaml"))
    return Expectation(parse_policies(read_yaml("policies.yaml")), calendars)


def leftovers(ports: Ports) -> PhotoSweep:
    """What works beside the doors: photos that belong to no case any more are removed."""
    return PhotoSweep(ports.photos, Leases(ports.database), ports.clock)


INTAKE = StageService(Service.INTAKE, build, beside=leftovers)
