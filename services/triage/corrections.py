"""What a clerk put right, and the words of it freed of what names a person. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from libs.casework.entry import Entry
from libs.casework.events.triage import Classified, QueuedForClerk
from libs.casework.vocabulary import Urgency
from services.triage.reviewed import Example

BY_HAND = "by_hand"
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范石廖贾韦薛侯邹熊孟秦白江阎尹段雷"
_PERSONAL = (
    r"[\w.+-]+@[\w-]+\.[\w.]+",  # addresses of mail
    r"https?://\S+",
    r"(?:微信|微信号|vx|VX|wx|qq|QQ)(?:号|是|:|：|\s)*[A-Za-z0-9_-]{5,}",
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·\s]?[A-Z0-9]{5,6}",  # number plates
    r"[\d零一二三四五六七八九十百两]+(?:号楼|栋|幢|单元|室|号院|楼|层|门|号)",  # where somebody lives
    rf"[{_SURNAMES}](?:[\u4e00-\u9fff]{{0,2}}?)(?:先生|女士|同志|大爷|大娘|大妈|阿姨|叔叔|奶奶|爷爷|师傅|老师|书记|主任|经理|医生)",
    rf"(?<=[叫名是])[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}(?=[\s，。,.！!]|$)",  # 我叫王小明
    rf"[小老][{_SURNAMES}](?![\u4e00-\u9fff]?[路街村镇庄])",
    r"\b(?:Mr|Mrs|Ms|Dr|Miss)\.?\s+[A-Z]\w+",
    r"(?i:\bmy name is|\bi am called)\s+\w+(?:\s+[A-Z]\w+)?",
    r"[\d\s()+-]*\d[\d\s()+-]*",  # phones, identity cards, cards, every other number
)
_NAMES_SOMEBODY = re.compile("|".join(_PERSONAL))


@dataclass(frozen=True, slots=True)
class Correction:
    """A case that was suggested to be `was` (None: nothing was) and that a clerk says is `category`. `at` in µs UTC."""

    case_id: UUID
    was: str | None
    category: str
    urgency: Urgency
    at: int
    office: str


def correction_in(log: Sequence[Entry]) -> Correction | None:
    """The last correction in a case's log: a person gave another category than the rules had thought likeliest."""
    suggested: str | None = None
    found: Correction | None = None
    for entry in log:
        said = entry.data
        if isinstance(said, Classified) and BY_HAND in said.because:
            found = _correction(entry, said, suggested)
        elif isinstance(said, Classified):
            suggested = said.category
        elif isinstance(said, QueuedForClerk):
            suggested = said.suggestions[0].category if said.suggestions else None
    return found


def freed(text: str) -> str:
    """`text` without phones, numbers, names, plates, homes, as well as patterns find them: what is left teaches as much."""
    return _NAMES_SOMEBODY.sub(" ", text)


def lesson(text: str, category: str, urgency: Urgency) -> Example:
    """What an accepted correction teaches. Never quoted."""
    return Example(freed(text), category, urgency is Urgency.EMERGENCY)


def _correction(entry: Entry, said: Classified, suggested: str | None) -> Correction | None:
    if said.category == suggested:
        return None
    return Correction(entry.case_id, suggested, said.category, said.urgency, entry.at, entry.office)
