"""The reviewed data that ships with the system, read once for tests."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from libs.casework.categories import Catalogue, parse_catalogue
from libs.casework.offices import Offices, parse_offices
from libs.casework.places import Places, parse_places
from libs.casework.reasons import Reasons, parse_reasons
from libs.casework.units import Units, parse_units
from libs.plumbing.data import read_geojson, read_yaml
from services.intake.policy import parse_policy
from services.intake.rules import Guide
from services.triage import app
from services.triage.classify import Hearing


@cache
def catalogue() -> Catalogue:
    return parse_catalogue(read_yaml("categories.yaml"))


@cache
def places() -> Places:
    return parse_places(read_geojson("grids.geojson"))


@cache
def offices() -> Offices:
    return parse_offices(read_yaml("offices.yaml"))


@cache
def units() -> Units:
    return parse_units(read_yaml("units.yaml"))


@cache
def reasons() -> Reasons:
    return parse_reasons(read_yaml("reasons.yaml"))


@cache
def hearing() -> Hearing:
    """In a thread of its own: a test's event loop may be running already."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, app.hearing(app.reference())).result()


def a_guide() -> Guide:
    return Guide(catalogue(), places(), offices(), "yingbin", parse_policy(read_yaml("intake.yaml")))
