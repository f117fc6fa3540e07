"""The heap after the start: what is there is left alone, what comes and goes is still collected."""

import subprocess
import sys

from libs.plumbing import heap

PROGRAM = """
import gc, weakref
from libs.plumbing.heap import settle_heap, YOUNG
class Node: pass
before = len(gc.get_objects())
settle_heap()
print(len(gc.get_objects()) < before / 10, gc.get_freeze_count() > before / 2, gc.isenabled())
node = Node()
node.me = node
gone = weakref.ref(node)
del node
early = [[number] for number in range(YOUNG // 2)]
print(gone() is not None)
later = [[number] for number in range(YOUNG)]
print(gone() is None)
print(*gc.get_threshold())
"""


def test_what_the_start_has_built_is_left_alone_and_cycles_are_collected_later() -> None:
    # A process of its own: a frozen heap would stay for all tests after this one.
    ran = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    told = ran.stdout.splitlines()
    assert told[:3] == ["True True True", "True", "True"]
    assert told[3] == f"{heap.YOUNG} {heap.MIDDLE} {heap.OLD}"
