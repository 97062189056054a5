"""The checks before anything is sent: version, token, rules, and rules whose type is unknown."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from target_linkedin_conversions.admin.findings import lives_of, on_lives, on_rule
from target_linkedin_conversions.admin.preflight import UNREAD, because_of, preflight
from target_linkedin_conversions.errors import ClockError, OperatorError, QuotaError, RuleError, UnreachableError
from target_linkedin_conversions.run.process.interruptible import interruptible
from target_linkedin_conversions.settings.entry_rules import RuleByColumn

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_linkedin_conversions.admin.findings import Life
    from target_linkedin_conversions.admin.preflight import Finding, Preflight
    from target_linkedin_conversions.admin.rules import Rule
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
        """`listen()` is called while LinkedIn's answers are awaited, and raises where a signal has come."""
        self._delivery = delivery
        self._warn = warn
        self._listen = listen
        self._result: Preflight | None = None
        self._asked = False
        self._clock_is_wrong = False
        self._cleared = False
        self._told = False
        self._looked_at: set[str] = set()
        self._untyped: set[str] = set()
        self.rules: dict[str, Rule] = {}
        """Every rule that LinkedIn returned, by its id."""
        self._lives: dict[str, Life] = {}
        self.findings: list[Finding] = []
        """All findings on version, token and rules, the oldest first."""

    @property
    def clock_is_doubted(self) -> bool:
        """Whether the clock is wrong, or was not compared with LinkedIn's yet, and could be."""
        return self._delivery.settings.preflight and (not self._asked or self._clock_is_wrong)

    def clear_clock(self) -> None:
        """Check the clock before progress moves past events that it made too old or future ones; raises `ClockError`.

        What else is wrong, or keeps LinkedIn from answering, stops nothing here: none of these events is sent.
        """
        if self._asked:
            return
        try:
            result = self._ask()
        except (OperatorError, QuotaError, UnreachableError):
            return
        if self._clock_is_wrong and result.stop is not None:
            self.findings += result.findings
            raise result.stop

    def clear(self, rule: str) -> None:
        """Check LinkedIn's side before a batch of a rule leaves: the preflight once, then each rule once; raises what stops the run.

        Only the rule itself stops where it cannot take events: its batches go on to the delivery, which leaves them unsent.
        """
        if not self._cleared:
            self._cleared = True
            if self._delivery.settings.preflight:
                self._preflight(rule)
            self._delivery.prune()
        if rule not in self._looked_at:
            self._looked_at.add(rule)
            self._look_at(rule)
        if rule not in self._untyped and self._delivery.lacks_type(rule) and not self._delivery.sender.is_stopped(rule):
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
        lives = lives_of(tokens, None, self._delivery.clock.now())
        self._lives |= {life.token: life for life in lives}
        for finding in on_lives(lives, can_refresh=tokens.can_refresh):
            self.findings.append(finding)
            self._warn(str(finding))

    @property
    def lives(self) -> list[Life]:
        """When the tokens expire, as far as LinkedIn has said so."""
        return list(self._lives.values())

    def _preflight(self, rule: str) -> None:
        """Check version, token and rules before a batch of a rule; warns, stops rules, or raises what stops the run."""
        result = self._result or self._ask()
        self._delivery.rule_types.update(result.rule_types)
        self.rules = result.rules
        self._lives = {life.token: life for life in result.lives}
        for life in result.lives:
            logger.info("%s", life)
        self.findings += result.findings
        for finding in result.findings:
            if finding.severity != "stops":
                self._warn(str(finding))
                self._told |= finding.code in UNREAD
        if result.stop is not None and not (
            isinstance(result.stop, RuleError) and self._others_may_go_on(result, rule)
        ):
            raise result.stop
        for stopped, why in result.stopped_rules.items():
            self._delivery.sender.stopped_rules.stop_beforehand(stopped, why)

    def _ask(self) -> Preflight:
        self._asked = True
        result = self._result = self._look()
        self._clock_is_wrong = isinstance(result.stop, ClockError)
        return result

    def _others_may_go_on(self, result: Preflight, rule: str) -> bool:
        """Whether events of rules that are not stopped may come: configured ones, or any where a column names the rule."""
        settings, stopped = self._delivery.settings, result.stopped_rules
        return not stopped.keys() >= {rule, *settings.rules} or any(
            isinstance(entry.rules, RuleByColumn) and entry.rules.cases is None for entry in settings.streams
        )

    def _look_at(self, rule: str) -> None:
        """Stop a rule that cannot take events, where a record's column named it and not the settings."""
        if self._result is None or rule in self._delivery.settings.rules:
            return
        findings = on_rule(rule, self._result.rules, complete=self._result.complete)
        for finding in findings:
            if finding.severity != "stops":
                self._warn(str(finding))
        for stopped, why in because_of(findings).items():
            self._delivery.sender.stopped_rules.stop_beforehand(stopped, why)

    def _look(self) -> Preflight:
        """Run the preflight in a thread, so that signals are handled while LinkedIn's answers are awaited."""
        delivery = self._delivery
        return interruptible(
            lambda: preflight(delivery.settings, delivery.client, delivery.tokens, delivery.clock),
            self._listen,
            name="preflight",
        )
