"""Why it was decided so, in words for a clerk, in both languages. The codes stay what is recorded."""

from libs.stages.names import Name

_OF_WORDS = {
    "words": Name(zh="出现词语“{}”", en="it says “{}”"),
    "like": Name(zh="与已审核的来件“{}”相似", en="it is like the reviewed report “{}”"),
    "fragment": Name(zh="出现字组“{}”", en="it contains “{}”"),
}
_OF_RULES = {
    "words_erased": Name(zh="原文已删除", en="its words were erased"),
    "out_of_area": Name(zh="地点不在本辖区网格内", en="its point lies outside all grids"),
    "several_places_named": Name(zh="提到的地点互相矛盾", en="it names places that contradict each other"),
    "place_unknown": Name(zh="看不出在哪个社区", en="nothing says which community it is in"),
    "category_unknown": Name(zh="判断不出类别", en="its words fit no category"),
    "not_sure_enough": Name(zh="类别把握不够", en="no category is likely enough"),
    "private_beside_a_doubtful_guess": Name(
        zh="涉及隐私而类别存疑", en="it speaks of private matters, and the category is doubtful"
    ),
    "names_another_emergency": Name(
        zh="另提到紧急情况", en="beside this it names an emergency of another kind"
    ),
    "only_sounds_grave": Name(
        zh="听起来可能紧急，请先看", en="it sounds like an emergency, though no word of danger was heard"
    ),
}


def wording(because: str) -> Name:
    """A recorded reason in words; one that has none, as it is recorded."""
    code, _, said = because.partition(": ")
    if said and code in _OF_WORDS:
        words = _OF_WORDS[code]
        return Name(zh=words.zh.format(said), en=words.en.format(said))
    return _OF_RULES.get(because, Name(zh=because, en=because))
