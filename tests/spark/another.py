"""The data source as it is, under another name and with another writer: tests make it, and Spark's workers import it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from target_linkedin_conversions.delivery.client import Client
from target_linkedin_conversions.spark import LinkedInConversions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pyspark.sql.types import StructType

    from target_linkedin_conversions.spark.writers import BatchWriter


class AnotherConversions(LinkedInConversions):
    """Registered beside the one that everybody uses."""

    called: ClassVar[str]
    writes: ClassVar[type[BatchWriter]]

    @classmethod
    def name(cls) -> str:
        super().name()
        return cls.called

    def writer(self, schema: StructType, overwrite: bool) -> BatchWriter:  # noqa: ARG002, FBT001 - Spark's
        return self.writes(*self._checked(schema))


@contextmanager
def after_each_answer(do: Callable[[], None]) -> Iterator[None]:
    """Do something when LinkedIn has answered a request of this process, before anybody hears of the answer."""
    send = Client.send_events

    def sending(self: Client, *args: Any, **kwargs: Any) -> Any:
        answer = send(self, *args, **kwargs)
        do()
        return answer

    Client.send_events = sending  # type: ignore[method-assign]
    try:
        yield
    finally:
        Client.send_events = send  # type: ignore[method-assign]
