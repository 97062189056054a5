"""What is looked at before anything is sent: version, token, rules, and what is not known of a rule."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from target_linkedin_conversions.admin.findings import lives_of, on_lives
from target_linkedin_conversions.admin.preflight import UNREAD, preflight
from target_linkedin_conversions.run.listening import listening

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_linkedin_conversions.admin.preflight import Finding, Preflight
    from target_linkedin_conversions.delivery.delivery import Delivery

__all__ = ["HELD_WITHOUT_TYPE", "Checks"]

logger = logging.getLogger(__name__)

HELD_WITHOUT_TYPE = (
    "the type of a conversion rule is not known, so its events that are in doubt are held; set account_id, give the "
    "token the scope r_ads and leave preflight: true so that the rule can be read, or set on_in_doubt: resend"
)


class Checks:
    """The preflight of a run that sends, and the rules whose type it could not learn."""

    def __init__(self, delivery: Delivery, warn: Callable[[str], None], listen: Callable[[], None]) -> None:
        """`listen()` raises where a signal came; it is called while LinkedIn's answers are waited for."""
        self._delivery = delivery
        self._warn = warn
        self._listen = listen
        self._cleared = False
        self._told = False
        self._untyped: set[str] = set()
        self.found: list[Finding] = []
        """What was found of version, token and rules, in the order in which it was."""

    def clear(self, rule: str) -> None:
        """Let a batch of a rule leave: the first one after the preflight; raises what stops the run."""
        if not self._cleared:
            self._cleared = True
            if self._delivery.settings.preflight:
                self._preflight()
        if rule not in self._untyped and self._delivery.lacks_type(rule):
            self._untyped.add(rule)
            if not self._told:
                self._told = True
                self._warn(HELD_WITHOUT_TYPE)

    @property
    def untyped_rules(self) -> list[str]:
        """The rules of this run whose events in doubt are held because their type is not known."""
        return sorted(self._untyped)

    def warn_of_ends(self) -> None:
        """Warn where a token that was refreshed in this run soon ends for good."""
        tokens = self._delivery.tokens
        for finding in on_lives(lives_of(tokens, None, self._delivery.clock.now()), can_refresh=tokens.can_refresh):
            self.found.append(finding)
            self._warn(str(finding))

    def _preflight(self) -> None:
        """Check version, token and rules; warns, or raises what stops the run."""
        found = self._look()
        self._delivery.rule_types.update(found.rule_types)
        for life in found.lives:
            logger.info("%s", life)
        self.found += found.findings
        for finding in found.findings:
            if not finding.stops:
                self._warn(str(finding))
                self._told |= finding.code in UNREAD
        if found.stop is not None:
            raise found.stop

    def _look(self) -> Preflight:
        """What the preflight finds; a signal does not wait for LinkedIn's answers."""
        delivery = self._delivery
        return listening(
            lambda: preflight(delivery.settings, delivery.client, delivery.tokens, delivery.clock),
            self._listen,
            name="preflight",
        )
