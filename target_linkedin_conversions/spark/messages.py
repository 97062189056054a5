"""What the driver hears of a task that came to its end."""

from __future__ import annotations

from pyspark.sql.datasource import WriterCommitMessage

__all__ = ["TaskEnded", "ended"]


class TaskEnded(WriterCommitMessage):
    """Which partition it was, its run, if it had rows, and the report of that."""

    def __init__(self, part: int, run: str = "", report: bytes = b"") -> None:
        """`part` is the number of the partition."""
        self.part, self.run, self.report = part, run, report


def ended(messages: list[WriterCommitMessage | None]) -> dict[str, tuple[int, bytes]]:
    """The runs of the tasks that the driver heard of: the part and the report of each."""
    return {
        message.run: (message.part, message.report)
        for message in messages
        if isinstance(message, TaskEnded) and message.run
    }
