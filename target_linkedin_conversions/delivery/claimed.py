"""A claimed batch: the events of a batch that the ledger allows to be sent, under one ledger entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from target_linkedin_conversions.delivery.batch import Batch

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ClaimedBatch"]


class ClaimedBatch(msgspec.Struct, frozen=True):
    """A batch whose identities are in the ledger: `digests[i]` is that of `batch.events[i]`.

    `entry` is the batch's id in the ledger, 0 where no identities are kept. `probed` says that
    it is a part of a refused batch of which events were probed for a fault of the rule;
    `doubtful`, that it was sent before and never answered. `sent` counts its requests in this
    run, `resent` those of them that were sent in doubt and left it in doubt again. `beside_taken`
    says that others of its request were taken, so that token, version and rule are not to blame.
    """

    batch: Batch
    digests: list[bytes]
    entry: int
    probed: bool = False
    doubtful: bool = False
    sent: int = 0
    resent: int = 0
    beside_taken: bool = False

    def only(self, indices: Sequence[int]) -> ClaimedBatch:
        """The claimed batch of some of its events, under the same ledger entry."""
        digests = [self.digests[i] for i in indices] if self.digests else []
        return msgspec.structs.replace(self, batch=self.batch.only(indices), digests=digests)

    def without(self, indices: Sequence[int]) -> ClaimedBatch:
        """The claimed batch of all its other events."""
        gone = set(indices)
        return self.only([i for i in range(len(self.batch.events)) if i not in gone])
