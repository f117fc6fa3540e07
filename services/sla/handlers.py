"""Keeps the rows: the news names the cases that have changed, their logs say what comes next."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from libs.casestore.store import CaseStore
from libs.casework.refusal import Refusal, Why
from libs.casework.wire import subject_and_sequence
from libs.plumbing.logs import logger
from libs.plumbing.records import Record
from libs.plumbing.rejections import Rejections
from libs.stages.doors import refuse
from services.sla.foresight import think_of
from services.sla.lines import Line
from services.sla.rows import UNREADABLE, Row, Rows
from services.sla.rules import Reference, Saying

log = logger(__name__)


class Keeper:
    """Reads logs, writes rows."""

    def __init__(self, store: CaseStore, rows: Rows, data: Reference, rejections: Rejections) -> None:
        self._store, self._rows, self._data, self._rejections = store, rows, data, rejections

    async def on_news(self, records: Sequence[Record]) -> None:
        """Handler of `banjie.cases`. What was read already, our own sayings above all, costs one look at the rows."""
        named: dict[UUID, int] = {}
        for record in records:
            told = _told(record)
            if told is None:
                await refuse(self._rejections, record, _NOT_AN_EVENT)
            else:
                named[told[0]] = max(told[1], named.get(told[0], 0))
        known = await self._rows.seqs(named)
        await self.read_anew([each for each, seq in named.items() if known.get(each, 0) < seq])

    async def read_anew(self, case_ids: Sequence[UUID]) -> None:
        """Make the rows of these cases from their logs."""
        if not case_ids:
            return
        logs = await self._store.logs(case_ids)
        thoughts = await think_of(logs, self._data)
        rows = [row_of(each, one.seq, one.ahead, one.lines) for each, one in thoughts.items()]
        await self._rows.put(rows + [_unreadable(each) for each in case_ids if each not in logs])
        await self._rows.forget([each for each in logs if each not in thoughts])


def _unreadable(case_id: UUID) -> Row:
    log.warning("log_unreadable", case=str(case_id))
    return Row(case_id, UNREADABLE)


def row_of(case_id: UUID, seq: int, sayings: Iterable[Saying], lines: tuple[Line, ...] | None = None) -> Row:
    """The row of a case whose log up to `seq` leaves these to be said, in order; `lines` None: they stay."""
    first = next(iter(sayings), None)
    return Row(case_id, seq, first.instant, first.what, lines) if first else Row(case_id, seq, lines=lines)


def _told(record: Record) -> tuple[UUID, int] | None:
    try:
        subject, seq = subject_and_sequence(record.value)
        return UUID(subject), seq
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


_NOT_AN_EVENT = Refusal(
    Why.INVALID,
    "not an event of a case",
    field="subject",
    allowed=("a CloudEvent as on banjie.cases",),
)
