"""What every destination asks the ledger about a batch, and how events end that the ledger holds as delivered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_linkedin_conversions.ledger import Claim
from target_linkedin_conversions.outcomes import Outcome
from target_linkedin_conversions.records.reasons import CHANGED, SAME_ID_OTHER_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from target_linkedin_conversions.delivery.batch import Batch, Listener
    from target_linkedin_conversions.ledger import Ledger

__all__ = ["Ending", "contents_of", "delivered_before", "digests_of", "note_delivered", "settle_parts"]

Ending = tuple[list[int], Outcome, str]
"""The indices of events of a batch, how they end, and the code that says why."""


def digests_of(ledger: Ledger, origin: str, batch: Batch) -> list[bytes]:
    """The digest by which the ledger knows each event of a batch; `origin` is where they go."""
    return ledger.digests(origin, batch.rule, [(event.identity, event.hour) for event in batch.events])


def contents_of(ledger: Ledger, digests: Sequence[bytes], batch: Batch) -> list[int]:
    """The check sum of time, value, key and person by which the ledger tells whether each event has changed."""
    return ledger.contents(digests, batch.contents, batch.keys, batch.people)


def delivered_before(claim: Claim) -> tuple[Ending, ...]:
    """How the events end that were delivered before; the code says what is special about it."""
    return (
        (claim.delivered, Outcome.ALREADY_DELIVERED, ""),
        (claim.changed, Outcome.ALREADY_DELIVERED, CHANGED),
        (claim.other_key, Outcome.ALREADY_DELIVERED, SAME_ID_OTHER_KEY),
    )


def settle_parts(listener: Listener, batch: Batch, endings: Iterable[Ending]) -> None:
    """Tell the listener how parts of a batch end."""
    for indices, outcome, code in endings:
        if indices:
            listener.settled(batch.only(sorted(indices)), outcome, code=code)


def note_delivered(
    ledger: Ledger, rule: str, digests: Sequence[bytes], contents: Sequence[int], days: Sequence[int] = ()
) -> Claim:
    """Write the first event of each identity as delivered; returns what the ledger held of each event just before.

    So a second event of an identity ends as one that came after the first was delivered.
    """
    firsts, twins = _first_of_each(digests)
    noted = ledger.claims.note(
        rule, [digests[i] for i in firsts], [contents[i] for i in firsts], [days[i] for i in firsts] if days else ()
    )
    later = ledger.claims.peek([digests[i] for i in twins], [contents[i] for i in twins], rule=rule)
    claim = Claim(0)
    claim.add(noted, firsts)
    claim.add(later, twins)
    return claim


def _first_of_each(digests: Sequence[bytes]) -> tuple[list[int], list[int]]:
    """The indices of the first event of each identity, and of all others."""
    firsts = {digest: i for i, digest in reversed(list(enumerate(digests)))}
    mine = sorted(firsts.values())
    return mine, sorted(set(range(len(digests))).difference(mine))
