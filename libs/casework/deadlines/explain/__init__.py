"""A deadline told so that a person can check it by hand, in Chinese and English: sentences, days, a bar. Pure."""

from libs.casework.deadlines.explain.explanation import Explanation, explain, explain_clock
from libs.casework.deadlines.explain.text import as_text

__all__ = ["Explanation", "as_text", "explain", "explain_clock"]
