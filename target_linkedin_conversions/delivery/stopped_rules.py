"""Rules whose events are no longer sent, and the message about them."""

from __future__ import annotations

import logging

__all__ = ["StoppedRules"]

logger = logging.getLogger(__name__)


class StoppedRules(dict[str, str]):
    """Why each rule is stopped, by its id: LinkedIn's refusal, or a finding of the checks beforehand."""

    def __init__(self) -> None:
        """No rule is stopped yet."""
        super().__init__()
        self._beforehand: list[str] = []

    def stop_beforehand(self, rule: str, why: str) -> None:
        """Stop a rule whose events LinkedIn would refuse; `why` is a sentence, with the mend."""
        if rule not in self:
            self[rule] = why
            self._beforehand.append(rule)
            logger.error("rule %s stops, and its events stay for the next run: %s", rule, why)

    def stop_refused(self, rule: str, message: str) -> None:
        """Stop a rule that LinkedIn has refused as such, with its own message."""
        self.setdefault(rule, message)
        logger.error("rule %s is refused by LinkedIn and stops: %s", rule, message)

    def message(self) -> str:
        """Every stopped rule in one text: first those that were found beforehand, then those that LinkedIn refused."""
        refused = {rule: why for rule, why in self.items() if rule not in self._beforehand}
        sentences = [self[rule] for rule in self._beforehand]
        if refused:
            told = "; ".join(f"rule {rule}: {message}" for rule, message in refused.items())
            sentences.append(
                f"LinkedIn refuses conversion rules, not events ({told}); check the rule's id, that it is enabled, "
                "its method, and that the token may use its ad account"
            )
        return ". ".join(sentences)
