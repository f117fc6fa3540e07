"""Reports that were once misheard, through the whole sheet: danger is heard, and what only sounds like danger is not."""

import pytest

from libs.casework.events.model import Event
from libs.casework.events.triage import Classified, QueuedForClerk, Suggestion
from libs.casework.places import Whereabouts
from libs.casework.vocabulary import Source, Urgency
from libs.plumbing.data import read_yaml
from services.triage.classify import hear
from services.triage.locate import Basis, Located
from services.triage.matter import Policy, Seen, read_words
from services.triage.rules import decide
from tests.support.cases import a_reported_case
from tests.support.reference import catalogue, hearing, offices


def rank(text: str) -> tuple[Suggestion, ...]:
    return read_words(text, hearing()).suggestions


POLICY = Policy(catalogue(), offices(), "test")
HERE = Located(Whereabouts("140213053", "140213053901", "140213053901001"), Basis.POINT)
A_CLERK = None
"""Its category is unclear: first in the clerk's queue."""

EMERGENCIES = [
    ("有人触电了", "medical_trip"),
    ("救命", A_CLERK),
    ("路灯不亮，井盖没了，垃圾桶满了，还有人晕倒了", A_CLERK),
    ("电梯坏了，暖气不热，物业不管，着火了没人管", A_CLERK),
    ("施工脚手架塌了，底下压着人", A_CLERK),
    ("煤烟中毒了，俺家两口子都头晕恶心", "medical_trip"),
    ("隔壁传来砸东西和尖叫声，好像有人要杀人", A_CLERK),
    ("天燃气泄露", "gas_leak"),
    ("厨房闻到煤气，老人有点晕", "gas_leak"),
    ("沼气爆了，砰的一声，窗户都碎了", "gas_leak"),
    ("墙倒了压住人了", "dangerous_house"),
    ("塔吊要倒了", A_CLERK),
    ("路上有个男的躺着不动，不知道死活", "medical_trip"),
    ("小孩被反锁在车里", "child_minor"),
    ("我爸跟我妈卡在梯子轿厢里了，按铃没人应", "lift_trap"),
    ("電梯困人，有老人有小孩", "lift_trap"),
    ("電線掉落在地上冒火花，請盡快派人處理", "cable_down"),
    ("天然气管子让挖机刨断了，呼呼往外冒", "gas_leak"),
    ("捞人！河里有人在扑腾", "medical_trip"),
    ("help my kid fell in the drain", "child_minor"),
    ("小孩把头卡在护栏里头出不来了", A_CLERK),
    ("电线杆倒了，线在地上，旁边都是水", A_CLERK),
    ("墙体开裂得能伸进拳头，房子咯吱咯吱响，怕要塌", "dangerous_house"),
    ("俺家娃叫狗咬了，血流不止", "dog"),
    ("电梯门夹住孩子的手了", "elevator"),
    ("燃气报警器一直响", "gas_leak"),
    ("我儿子智力残疾，一个人跑出去了找不到", "disability_help"),
    ("隔壁老太太好几天没出门了，敲门不应，屋里有臭味飘出来", "elder_care"),
    ("有人从楼上跳下来了", "mental_care"),
    ("邻居家小女孩身上总有淤青，晚上被关阳台", "child_minor"),
]
ALSO_EMERGENCIES = [
    "有人掉河里了快来人",
    "孩子手指夹在门缝里拔不出来",
    "广告牌砸着人了",
    "孩子从三楼掉下来了",
    "有人要跳桥",
    "孩子误食了老鼠药",
    "妈妈吃了一瓶安眠药",
    "有个老头倒在雪地里",
    "化粪池炸了",
    "小孩掉化粪池里了",
    "電動車起火，樓道濃煙",
    "水里漂着个人",
    "孩子被车撞了",
    "有人拿着菜刀在楼下晃",
    "树倒了压着车，里面有人",
    "氨气泄漏",
    "有人在楼道点火",
    "老人好几天没动静，敲门没人",
    "我被老公打了",
    "小孩误吞了电池",
    "someone drowning in the river",
    "man lying on the ground not moving",
    "gas pipe cut by digger",
]
PRIVATE = [
    "我在家隔离，没人管饭，垃圾也不收",
    "隔壁阳性了还下楼遛弯扔垃圾",
    "楼下那户是新冠密接，还出来丢垃圾",
    "奶奶瘫痪在床，垃圾没人扔，家里臭得很",
    "欠费停电了，家里有呼吸机病人",
]
ORDINARY = [
    "马路中间的隔离栏倒了",
    "隔离带里都是垃圾",
    "停车困难，能不能加几个车位",
    "药店门口堆纸箱",
    "太阳能路灯不亮",
    "小区蔬菜店把货摆到人行道上",
    "楼道里堆满杂物，老人走不过去",
    "医院门口乱停车",
    "婴儿车上不去台阶",
    "井盖被偷了",
    "老人出门不方便，电梯老坏",
]
CALM = [
    "电梯广告说困人打96333是真的吗",
    "轮胎漏气的破车停了半年",
    "电梯轿厢里的灯坏了",
    "天然气断了，做不了饭",
    "车堵得一动不动",
    "管子埋在地下没回填",
    "社保卡和孩子的卡在哪办",
]

FALSE_ALARMS = ["暖气片不热，家里有老人孩子", "煤气灶打不着火，找谁修", "轿厢门关不上", "家里没气了"]
"""What it costs to hear emergencies without a word of danger."""


def decided(text: str) -> tuple[Event, ...]:
    case = a_reported_case(source=Source.RESIDENT, declared_category=None, seen_on_spot=False)
    return decide(Seen(case, read_words(text, hearing()), HERE), POLICY)


@pytest.mark.parametrize(("text", "category"), EMERGENCIES)
def test_an_emergency_is_filed_at_once_or_first_in_the_queue(text: str, category: str | None) -> None:
    first, *then = decided(text)
    assert isinstance(first, Classified | QueuedForClerk)
    assert first.urgency is Urgency.EMERGENCY
    assert getattr(first, "category", A_CLERK) == category
    assert [each.TYPE for each in then] == (["filed"] if category else [])


@pytest.mark.parametrize("text", ALSO_EMERGENCIES)
def test_an_emergency_waits_for_nobody_on_the_spot(text: str) -> None:
    first, *then = decided(text)
    assert isinstance(first, Classified | QueuedForClerk)
    assert first.urgency is Urgency.EMERGENCY
    assert "confirmation_asked" not in [each.TYPE for each in then]


@pytest.mark.parametrize("text", PRIVATE)
def test_private_words_are_kept_from_the_public_and_from_the_spot(text: str) -> None:
    first, *then = decided(text)
    assert isinstance(first, QueuedForClerk) or not getattr(first, "public", True)
    assert "confirmation_asked" not in [each.TYPE for each in then]


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_report_stays_public(text: str) -> None:
    first = decided(text)[0]
    assert isinstance(first, Classified)
    assert first.public


@pytest.mark.parametrize("text", CALM)
def test_what_only_sounds_like_danger_is_no_emergency(text: str) -> None:
    first = decided(text)[0]
    assert isinstance(first, Classified | QueuedForClerk)
    assert first.urgency is not Urgency.EMERGENCY


@pytest.mark.parametrize("text", FALSE_ALARMS)
def test_a_false_alarm_only_puts_a_case_first_in_the_queue(text: str) -> None:
    (first,) = decided(text)
    assert isinstance(first, QueuedForClerk)
    assert first.because == ("only_sounds_grave",)
    assert first.suggestions[0].score > 0.9


@pytest.mark.parametrize(
    ("text", "misheard"),
    [
        ("邻居家的空调滴水", "epidemic_info"),
        ("夕阳了还不开灯", "epidemic_info"),
        ("楼下停车困难", "hardship"),
        ("井盖被偷了", "public_order"),
    ],
)
def test_a_word_that_begins_inside_a_look_alike_does_not_count(text: str, misheard: str) -> None:
    assert misheard not in hear(text, hearing()).evidence


def test_who_fell_is_no_felled_tree() -> None:
    assert rank("help my kid fell in the drain")[0].category != "felling"
    assert rank("illegal felling in the park")[0].category == "felling"


def test_isolation_at_home_is_still_heard() -> None:
    assert rank("我居家隔离几天了")[0].category == "epidemic_info"


def test_each_traditional_character_stands_for_one_of_our_own_words() -> None:
    lexicon = read_yaml("lexicon.yaml")
    pairs = lexicon.pop("traditional").split()
    named = [" ".join((one.zh, one.file_when, *one.keywords)) for one in catalogue().subclasses]
    ours = set("".join(named) + str(lexicon))
    assert all(len(pair) == 2 for pair in pairs)
    assert {pair[1] for pair in pairs} <= ours
    assert not {pair[0] for pair in pairs} & ours
    assert len({pair[0] for pair in pairs}) == len(pairs)


def test_traditional_characters_say_the_same() -> None:
    assert rank("電梯困人") == rank("电梯困人")
    assert rank("燃氣洩漏") == rank("燃气泄漏")
