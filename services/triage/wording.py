"""Why it was decided so, in words for a clerk, in both languages. The codes stay what is recorded."""

from typing import NamedTuple


class Wording(NamedTuple):
    """A reason in Chinese and in English."""

    zh: str
    en: str


_OF_WORDS = {
    "words": Wording("出现词语“{}”", "it says “{}”"),
    "like": Wording("与已审核的来件“{}”相似", "it is like the reviewed report “{}”"),
    "fragment": Wording("出现字组“{}”", "it contains “{}”"),
}
_OF_RULES = {
    "words_erased": Wording("原文已删除", "its words were erased"),
    "out_of_area": Wording("地点不在本辖区网格内", "its point lies outside all grids"),
    "several_places_named": Wording("提到的地点互相矛盾", "it names places that contradict each other"),
    "place_unknown": Wording("看不出在哪个社区", "nothing says which community it is in"),
    "category_unknown": Wording("判断不出类别", "its words fit no category"),
    "not_sure_enough": Wording("类别把握不够", "no category is likely enough"),
    "private_beside_a_doubtful_guess": Wording(
        "涉及隐私而类别存疑", "it speaks of private matters, and the category is doubtful"
    ),
    "names_another_emergency": Wording("另提到紧急情况", "beside this it names an emergency of another kind"),
    "only_sounds_grave": Wording(
        "听起来可能紧急，请先看", "it sounds like an emergency, though no word of danger was heard"
    ),
}


def wording(because: str) -> Wording:
    """A recorded reason in words; one that has none, as it is recorded."""
    code, _, said = because.partition(": ")
    if said and code in _OF_WORDS:
        return Wording(*(text.format(said) for text in _OF_WORDS[code]))
    return _OF_RULES.get(because, Wording(because, because))
