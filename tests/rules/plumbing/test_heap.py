"""The heap after the start: what is there is left alone, what comes and goes is still collected."""

import gc
import subprocess
import sys
import weakref

from libs.plumbing import heap

PROGRAM = """
import gc
from libs.plumbing.heap import settle_heap
before = len(gc.get_objects())
settle_heap()
print(len(gc.get_objects()) < before / 10, gc.get_freeze_count() > before / 2, gc.isenabled())
"""


class Node:
    """Something that can hold itself."""

    me: "Node"


def test_what_the_start_has_built_is_not_walked_again() -> None:
    # A process of its own: a frozen heap would stay for all tests after this one.
    ran = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["True", "True", "True"]


def test_a_cycle_is_collected_without_asking_once_enough_has_been_made() -> None:
    thresholds = gc.get_threshold()
    try:
        gc.set_threshold(heap.YOUNG, heap.MIDDLE, heap.OLD)
        node = Node()
        node.me = node
        gone = weakref.ref(node)
        del node
        kept = [[number] for number in range(2 * heap.YOUNG)]
        assert gone() is None, len(kept)
    finally:
        gc.set_threshold(*thresholds)
