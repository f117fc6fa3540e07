"""The operator of an installation: signs, asks over HTTP, reaches the database. What the other commands stand on."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.collection import Collection

from cli.console import FailedError
from cli.site import Site, http_url, site
from libs.casestore.processes import Where
from libs.casework.offices import Offices, parse_offices
from libs.plumbing.clock import now_us
from libs.plumbing.data import read_yaml
from libs.plumbing.mongo import SELECTION_MS, Document, credentials, mongo_client, mongo_client_sync
from libs.plumbing.principals import Principal
from libs.plumbing.security import sign
from libs.plumbing.topics import kafka_admin

WAIT_S, UNPROCESSABLE = 40.0, 422
HOUR_US = 3600 * 1_000_000
OPERATOR = "operator"


def offices() -> Offices:
    """The offices that this installation serves."""
    return parse_offices(read_yaml("offices.yaml"))


def token(where: Site, roles: Iterable[str] = ("administrator",), office: str | None = None) -> str:
    """An hour's key for the operator: whoever can read the data folder's signing key may sign."""
    office = office or offices().offices[0].code
    principal = Principal(OPERATOR, frozenset(roles), office, expires=now_us() + HOUR_US)
    return sign(principal, where.signing_key, now_us(), f"cli-{uuid4()}")


def where(there: Site) -> Where:
    """How processes of our own reach the database, with the operator's user."""
    settings = there.operator_settings()
    options = credentials(settings) | {"serverSelectionTimeoutMS": SELECTION_MS}
    return Where(settings.mongo_uri, options, settings.mongo_database)


class RefusedInputError(FailedError):
    """The other side says which part of what was sent is wrong."""


class Api:
    """The HTTP doors at `url`, with the operator's key or (None) as anybody."""

    def __init__(self, url: str, bearer: str | None) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}

    def get(self, path: str, **params: Any) -> Any:
        """What stands there. Raises `FailedError` with the problem in one line."""
        given = {name: value for name, value in params.items() if value is not None}
        return self._sent("GET", path, params=given)

    def post(self, path: str, key: str, **content: Any) -> Any:
        """Send under an idempotency key. Raises `FailedError` with the problem in one line."""
        return self._sent("POST", path, {"Idempotency-Key": key}, **content)

    def _sent(self, method: str, path: str, headers: Mapping[str, str] | None = None, **more: Any) -> Any:
        told = {**self._headers, **(headers or {})}
        try:
            # Never through a proxy: it would be told the key.
            with httpx.Client(headers=told, timeout=WAIT_S, trust_env=False) as client:
                answer = client.request(method, self._url + path, **more)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise FailedError(f"{self._url} does not answer ({type(error).__name__})") from None
        if answer.is_success:
            return answer.json()
        refused = RefusedInputError if answer.status_code == UNPROCESSABLE else FailedError
        raise refused(problem_line(answer))


def operator_api(
    data: Path | None, roles: Iterable[str] = ("administrator",), office: str | None = None
) -> Api:
    """The HTTP doors of an installation, as its operator, who acts for an office (None: the first one)."""
    return Api(http_url(data), token(site(data), roles, office))


def problem_line(answer: httpx.Response) -> str:
    """A refusal in one line: what, why, which field, what is allowed."""
    try:
        problem = answer.json()
    except ValueError:
        return f"HTTP {answer.status_code}"
    parts = [problem.get("detail") or problem.get("title") or f"HTTP {answer.status_code}"]
    parts += [f"{name}: {problem[name]}" for name in ("field", "stage", "attempted") if problem.get(name)]
    if problem.get("allowed"):
        parts.append(f"allowed: {', '.join(map(str, problem['allowed'][:12]))}")
    return "; ".join(parts)


@asynccontextmanager
async def database(where: Site) -> AsyncIterator[AsyncDatabase[Document]]:
    """The database with the operator's user."""
    settings = where.operator_settings()
    async with mongo_client(settings) as client:
        yield client[settings.mongo_database]


@contextmanager
def registry_of(where: Site, collection: str) -> Iterator[Collection[Document]]:
    """One collection with the operator's user."""
    settings = where.operator_settings()
    with mongo_client_sync(settings) as client:
        yield client[settings.mongo_database][collection]


@contextmanager
def broker(where: Site) -> Iterator[Any]:
    """kafka-python's admin client with the operator's user."""
    with closing(kafka_admin(where.operator_settings())) as admin:
        yield admin
