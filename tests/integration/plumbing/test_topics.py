"""What the broker says about topics, and the publisher that fills them."""

from libs.plumbing.topics import Topics
from tests.integration.plumbing.workplace import Workplace


async def test_topics_are_listed_by_prefix_without_the_rejected_ones(workplace: Workplace) -> None:
    topics = Topics(workplace.settings)
    assert await topics.names(workplace.topic) == (workplace.topic,)
    assert await topics.partitions([workplace.topic, "banjie.nothing"]) == {workplace.topic: 2}
    await topics.close()


async def test_a_topic_made_again_has_another_id_and_its_ends_begin_anew(workplace: Workplace) -> None:
    topics = Topics(workplace.settings)
    await workplace.send("a", "b", "c")
    before = await topics.ids([workplace.topic])
    assert sorted((await topics.end_offsets([workplace.topic])).values()) == [0, 3]
    workplace.drop_topics(workplace.topic)
    workplace.make_topics(workplace.topic)
    assert (await topics.ids([workplace.topic])).keys() == before.keys()
    assert await topics.ids([workplace.topic]) != before
    assert sum((await topics.end_offsets([workplace.topic])).values()) == 0
    assert await topics.end_offsets(["banjie.nothing"]) == {}
    await topics.close()


async def test_a_record_sent_is_acknowledged_with_its_place(workplace: Workplace) -> None:
    sent = await workplace.publisher.send(workplace.topic, b"case", b"words", [("traceparent", b"00")])
    assert (sent.topic, sent.offset) == (workplace.topic, 0)
