"""Blocks: from whom an office takes no reports for a while, who decided it, why and until when. Pure.

Staff are never blocked: what a blocked caller tells a clerk is a report like any other.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Source
from services.intake.marks import Mark
from services.intake.policy import Policy

BLOCKABLE = frozenset({Source.RESIDENT, Source.SYSTEM})
DAY_US = 24 * 3600 * 1_000_000


@dataclass(frozen=True, slots=True)
class Block:
    """One decision; times in µs UTC. `print_` is a keyed fingerprint: whom it means cannot be read out of it."""

    id: UUID
    office: str
    mark: Mark
    print_: str
    reason: str
    by: str
    at: int
    until: int

    def holds(self, now: int) -> bool:
        """Whether it is in force at `now` (µs UTC)."""
        return self.at <= now < self.until


def refused_block(reason: str, days: int, policy: Policy) -> Refusal | None:
    """A block has a reason of the office's list and an end within the longest time."""
    codes = tuple(each.code for each in policy.block_reasons)
    if reason not in codes:
        return Refusal(
            Why.INVALID, f"there is no reason {reason}", attempted="block", allowed=codes, field="reason"
        )
    if not 1 <= days <= policy.longest_block_days:
        allowed = (f"1 to {policy.longest_block_days}",)
        return Refusal(
            Why.INVALID,
            f"nobody is blocked for {days} days",
            attempted="block",
            allowed=allowed,
            field="days",
        )
    return None


def turned_away(block: Block, policy: Policy) -> Refusal:
    """What a blocked reporter is told: politely, once and for all, and where help is all the same."""
    reason = next((each for each in policy.block_reasons if each.code == block.reason), None)
    why = f"{reason.zh} · {reason.en}" if reason else block.reason
    until = datetime.fromtimestamp(block.until / 1_000_000, UTC).date().isoformat()
    detail = (
        f"本单位在 {until} 前暂不受理您的上报（{why}），如有异议请致电街道办；紧急情况请拨打 110、119、120 · "
        f"until {until} this office takes no reports from you ({why}); call it if you object, and in danger 110, 119 or 120"
    )
    return Refusal(Why.BLOCKED, detail, attempted="report")
