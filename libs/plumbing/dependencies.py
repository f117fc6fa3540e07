"""When MongoDB or Kafka is away: which errors say so."""

from aiokafka.errors import KafkaError
from kafka.errors import KafkaError as AdminKafkaError

from libs.plumbing import mongo


class DependencyAway(Exception):
    """Something that the work needs is away; the same work is worth another try. Handlers may raise it."""


def dependency_away(error: BaseException) -> bool:
    """Whether waiting and trying again is the right answer to this error."""
    if isinstance(error, DependencyAway) or mongo.away(error):
        return True
    return isinstance(error, (KafkaError, AdminKafkaError)) and bool(getattr(error, "retriable", False))
