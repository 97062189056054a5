"""The message from a task that ended to the driver."""

from __future__ import annotations

from pyspark.sql.datasource import WriterCommitMessage

__all__ = ["TaskEnded", "ended"]


class TaskEnded(WriterCommitMessage):
    """The partition, and its run with the report, where it had rows."""

    def __init__(self, part: int, run: str = "", report: bytes = b"") -> None:
        """`part` is the number of the partition."""
        self.part, self.run, self.report = part, run, report


def ended(messages: list[WriterCommitMessage | None]) -> dict[str, tuple[int, bytes]]:
    """The runs of the tasks whose messages arrived: part and report of each."""
    return {
        message.run: (message.part, message.report)
        for message in messages
        if isinstance(message, TaskEnded) and message.run
    }
