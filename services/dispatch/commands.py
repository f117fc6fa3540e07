"""What people and other systems may want of dispatch: the command table. What each row decides stands in orders and work."""

from functools import partial

from libs.casework.events import dispatch as said
from libs.casework.events.model import Event
from libs.casework.vocabulary import Role, Service
from libs.stages.bodies import Nothing, Said, Shown
from libs.stages.commands import Body, CommandKind, CommandTable, Decide, table
from libs.stages.judged import judged
from services.dispatch import orders, work
from services.dispatch.bodies import ItemReport, Note, Order, Plan, Return
from services.dispatch.rules import Policy

CLERKS = frozenset({Role.CLERK, Role.SUPERVISOR})
THE_UNIT = frozenset({Role.UNIT_WORKER, Role.GRID_WORKER, Role.CLERK, Role.SYSTEM})
SUPERVISORS = frozenset({Role.SUPERVISOR})


def command_table(policy: Policy) -> CommandTable:
    """Everything that may be asked of dispatch; a system may ask what its unit may."""
    return table(
        _row("dispatch", "派遣", Order, CLERKS, said.Dispatched, partial(orders.dispatch, policy=policy)),
        _row("plan", "制定方案", Plan, THE_UNIT, said.Planned, partial(orders.plan, policy=policy)),
        _row("accept", "签收", Nothing, THE_UNIT, said.Accepted, work.accept),
        _row("return", "退单", Return, THE_UNIT, said.Returned, partial(work.send_back, policy=policy)),
        _row("start", "开始处置", Nothing, THE_UNIT, said.Started, work.start),
        _row("done", "完成工作项", ItemReport, THE_UNIT, said.ItemDone, work.done),
        _row("note", "进展记录", Note, THE_UNIT | SUPERVISORS, said.Noted, work.note),
        _row("resolve", "处理反馈", Shown, THE_UNIT, said.Resolved, work.resolve),
        _row("attention", "督办", Said, SUPERVISORS, said.AttentionOrdered, orders.attention),
    )


def _row(
    name: str, zh: str, body: type[Body], roles: frozenset[Role], event: type[Event], decide: Decide
) -> CommandKind:
    return CommandKind(name, zh, body, roles, judged(Service.DISPATCH, event, decide))
