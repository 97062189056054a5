"""What a file leaves open, asked in a marketer's words, each question only where the rows leave it open."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from target_linkedin_conversions.cli.send.answer_values import as_answer, values_in
from target_linkedin_conversions.cli.send.asking import Question
from target_linkedin_conversions.cli.send.flags import NOT_NEEDED, check_column, consent_said, one_or_list
from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.guessing import looks
from target_linkedin_conversions.guessing.answers import is_answer, is_refusal, is_tick, is_yes
from target_linkedin_conversions.guessing.candidates import MOSTLY
from target_linkedin_conversions.guessing.negations import refuses_by_name
from target_linkedin_conversions.guessing.scalars import flow_list, scalar
from target_linkedin_conversions.guessing.when import is_written
from target_linkedin_conversions.how_many import how_many
from target_linkedin_conversions.printable import printable
from target_linkedin_conversions.records.codes import CURRENCIES
from target_linkedin_conversions.records.looks import looks_personal
from target_linkedin_conversions.records.text import comparable, key_text
from target_linkedin_conversions.records.timestamps import Times, milliseconds
from target_linkedin_conversions.records.truth import same
from target_linkedin_conversions.records.written_dates import ORDERS, orders_of
from target_linkedin_conversions.settings.consent import GRANTED
from target_linkedin_conversions.settings.streams import read_key
from target_linkedin_conversions.settings.values import identifier

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from target_linkedin_conversions.cli.send.asking import Asking
    from target_linkedin_conversions.guessing.guess import Guess, Mark
    from target_linkedin_conversions.tables.table import Table

__all__ = ["Questions"]

_MOST_VALUES = 12
_MOST_STAGES = 3
_MOST_IN_ONE_ORDER = 0.95
"""Share of the dates that only one order reads, from which on the others are slips in single rows."""
_FEWEST_AGAINST = 2
"""Dates that tell against an order; a single one may be a slip of the pen."""
_LONGEST_VALUE = 40
_WHO = ("email", "li_fat_id", "first_name", "full_name", "external_id", "lead", "ip_address", "ip_address_plain")


class Questions:
    """What a file leaves open, question by question."""

    def __init__(
        self,
        table: Table,
        sample: Sequence[Mapping[str, Any]],
        entry: dict[str, Any],
        guess: Guess,
        asking: Asking,
        place: str,
    ) -> None:
        self._table, self._sample, self._entry, self._guess, self._asking = table, sample, entry, guess, asking
        self._place = place

    def ask(self, answered: Collection[str]) -> None:
        """Ask what nothing has answered, each question only where the rows leave it open."""
        self._who_and_when(answered)
        if "consent" not in answered:
            self._consent()
        elif isinstance(consent := self._entry.get("consent"), dict) and consent.get("column"):
            self._check_consent(str(consent["column"]), consent)
        if "conversion_rule" not in answered:
            self._rule()
        times = list(self._times())
        written = list(_orders_in(text for text in times if isinstance(text, str)))
        if "date_order" in answered:
            self._check_order(written)
        elif "time_format" not in answered:
            self._date_order(written)
        if "timezone" not in answered:
            self._timezone(times)

    def currency(self) -> None:
        """Amounts that name no currency, which LinkedIn does not take: which it is, else the amounts are left out."""
        fields, amounts = self._entry["fields"], self._guess.perhaps.get("value")
        if amounts is None or "value" in fields or "currency" in self._guess.fields:
            return
        column = one_or_list(amounts.columns)
        if fields.get("currency") or "currency" in (self._entry.get("constants") or {}):
            fields["value"] = column
            return
        shown = printable(amounts.columns[0])
        question = Question(
            f"The amounts in {shown!r} name no currency. Which is it? Such as EUR or USD; or none, and they are not sent",
            "--map currency",
            f"the amounts in column {shown!r} of {self._table.name} are not sent, for nothing says their currency",
            "name it, for LinkedIn can add no amount later: --map currency=EUR, or --map value=false for none",
        )
        code = self._asking.ask_or_tell(question, _currency, "none")
        if code is not None:
            fields["value"] = column if code else False
        if code:
            self._entry["constants"] = {**(self._entry.get("constants") or {}), "currency": code}

    def stages(self) -> None:
        """Tell of rows that go to the rule although they read like no conversion, such as deals that were lost."""
        if "only" in self._entry or isinstance(self._entry.get("conversion_rule"), dict):
            return
        mark = self._guess.only
        for best in self._guess.rules[:1]:
            others = [printable(stage.value) for stage in best.stages if not stage.is_conversion]
            if others:
                good = [stage.value for stage in best.stages if stage.is_conversion]
                self._tell_of_others(best.column, f"says {' or '.join(map(repr, others[:_MOST_STAGES]))}", good)
                if mark is not None and mark.column == best.column:
                    return
        if mark is not None and self._is_elsewhere(mark):
            counts = " or ".join(printable(scalar(one)) for one in mark.values)
            self._tell_of_others(mark.column, f"is not {counts}", mark.values)

    def refusals(self) -> None:
        """Tell of rows that go to the rule although a column beside the consent says that somebody refused."""
        consent, only = self._entry.get("consent"), self._entry.get("only")
        decided = {str(one.get("column")) for one in (consent, only) if isinstance(one, dict)}
        for found in self._guess.consent:
            if not found.is_refusal or found.column in decided:
                continue
            said = Counter(_shown(record.get(found.column)) for record in self._sample if self._is_granted(record))
            if refused := [printable(value) for value in said if is_refusal(value)]:
                column = printable(found.column)
                good = [value for value in said if not is_refusal(value)]
                by_line = "" if not good or "" in good else f", or {self._line_of_only(found.column, good)}"
                self._asking.remarks.append(
                    f"rows whose {column!r} says {' or '.join(map(repr, refused[:_MOST_STAGES]))} go to the rule like all others, "
                    f"for only the consent is looked at; where they refused this too, take them out of the file{by_line}"
                )

    def _is_granted(self, record: Mapping[str, Any]) -> bool:
        """Whether a row is one that the consent lets through, as far as single answers tell."""
        consent = self._entry.get("consent")
        if not isinstance(consent, dict) or not isinstance(granted := consent.get("granted"), list):
            return True
        return comparable(record.get(str(consent["column"]))) in frozenset().union(*(same(str(one)) for one in granted))

    def _is_elsewhere(self, mark: Mark) -> bool:
        """Whether a row has something else in the column of a mark than what counts."""
        counts = frozenset().union(*(same(str(value)) for value in mark.values))
        return any(comparable(record.get(mark.column)) not in counts for record in self._sample)

    def _tell_of_others(self, column: str, what: str, good: Sequence[str | bool]) -> None:
        self._asking.remarks.append(
            f"rows whose {printable(column)!r} {what} go to the rule like all others; "
            f"where they are no conversions, take them out of the file, or {self._line_of_only(column, good)}"
        )

    def _line_of_only(self, column: str, good: Sequence[str | bool]) -> str:
        """The line of the answers that leaves out all rows but those with some values."""
        return f"write into {self._place}: only: {{column: {scalar(column)}, is: {flow_list(good)}}}"

    def _fill(self, name: str, value: object) -> None:
        if value is not None:
            self._entry[name] = value

    def _who_and_when(self, answered: Collection[str]) -> None:
        """The two fields without which nothing can be sent."""
        fields = self._entry["fields"]
        if "email" not in answered and not any(fields.get(one) for one in _WHO):
            self._field("email", "the person's e-mail address", lambda value: "@" in str(value))
        if "happened_at" not in answered and not fields.get("happened_at"):
            self._field("happened_at", "when the conversion happened", _is_a_moment)

    def _field(self, field: str, words: str, looks_like_it: Callable[[object], bool]) -> None:
        names = self._table.columns
        like_it = [name for name in names if self._mostly(name, looks_like_it)][:_MOST_VALUES]
        perhaps = f"; it may be {' or '.join(repr(printable(name)) for name in like_it)}" if like_it else ""
        question = Question(
            f"Which column holds {words}?\n{_numbered(names)}\nIts number or name",
            f"--map {field}",
            f"no column of {self._table.name} was found that says {words}",
            f"name it: --map {field}=COLUMN{perhaps}",
        )
        answer = self._asking.ask(question, lambda answer: self._asking.choose(names, answer))
        if answer is not None:
            self._entry["fields"][field] = answer

    def _mostly(self, column: str, looks_like_it: Callable[[object], bool]) -> bool:
        """Whether what stands in a column looks like something for the most part."""
        values = [value for record in self._sample if (value := record.get(column)) not in (None, "")]
        return looks.share(values, looks_like_it) >= MOSTLY

    def _consent(self) -> None:
        guessed = [found for found in self._guess.consent if not found.is_refusal and not found.contains]
        perhaps = [] if guessed else self._columns_of_answers()
        names = list(dict.fromkeys([*(found.column for found in guessed), *perhaps, *self._table.columns]))
        default = names[0] if guessed else None
        example = f"{default or 'COLUMN'}={self._yes_of(default)}"
        shown = " or ".join(repr(printable(name)) for name in perhaps)
        where = f"; where it asks for consent to advertising, it may be {shown}" if perhaps else ""
        question = Question(
            f"Which column says who agreed to be sent to LinkedIn for advertising?\n{_numbered(names)}\n"
            "Its number or name; or, where none is needed, write: not-required: the reason",
            "--consent",
            f"nothing says whose rows of {self._table.name} may be sent",
            f'say which column and values mean yes: --consent "{example}", or --consent "not-required: the reason"{where}',
        )

        def read(answer: str) -> dict[str, Any]:
            if answer.lower().replace("_", "-").startswith(NOT_NEEDED):
                return consent_said(answer)
            return {"column": self._asking.choose(names, answer)}

        consent = self._asking.ask(question, read, default)
        if isinstance(consent, dict) and "column" in consent:
            consent["granted"] = self._granted(consent["column"])
        self._fill("consent", consent)

    def _columns_of_answers(self) -> list[str]:
        """Columns of which most say yes or no and that refuse nothing by their names: one may ask for the consent in words of its own."""
        names = [name for name in self._table.columns if self._mostly(name, _is_in_words) and not refuses_by_name(name)]
        return names[:_MOST_STAGES]

    def _check_consent(self, column: str, consent: Mapping[str, Any]) -> None:
        """Stop at a column that is not there, or whose yes is somebody's no where nothing says what in it grants."""
        check_column(self._table, column, "consent")
        if refuses_by_name(column) and not {"granted", "contains"}.intersection(consent):
            shown = printable(column)
            problem = f"the column {shown!r} reads like a no by its name, so that a yes in it may be no consent"
            raise ConfigError(
                "consent", problem, f'say which of its values mean that a row may be sent: --consent "{shown}=VALUE"'
            )

    def _values(self, column: str) -> Counter[str]:
        """What stands in a column, as it may be listed."""
        counts = Counter(_shown(record.get(column)) for record in self._sample)
        counts.pop("", None)
        return counts

    def _yes_of(self, column: str | None) -> str:
        """The values that mean yes by their looks, as the flag would name them."""
        found = [value for value in self._values(column) if _means_yes(value)] if column else []
        return ",".join(found) or "yes"

    def _granted(self, column: str) -> object:
        """The values of a column that mean yes."""
        counts = self._values(column)
        yes = list(filter(_means_yes, counts))
        came = ", ".join(f"{as_answer([value])} ({count:,})" for value, count in counts.most_common(_MOST_VALUES))
        asked = "Which of its values mean yes?"
        if refuses_by_name(column):
            yes = []  # what looks like a yes is a no there
            asked = (
                f"{printable(column)!r} reads like a no by its name. Which of its values mean that a row may be sent?"
            )
        question = Question(f"{asked} There are: {came}\nWith commas between", "--consent", "", "")

        def read(answer: str) -> list[str]:
            values = values_in(answer, counts)
            if not values:
                raise ConfigError("answer", "it names no value", "write at least one")
            return values

        return self._asking.ask(question, read, as_answer(yes) or None)

    def _rule(self) -> None:
        question = Question(
            "Which conversion rule is it for? Its number, as Campaign Manager shows it",
            "--rule",
            f"nothing says which conversion rule {self._table.name} is for",
            "name it: --rule ID, as Campaign Manager or `linkedin-conversions rules list` shows it",
        )
        self._fill("conversion_rule", self._asking.ask(question, lambda answer: identifier(answer, "rule")))

    def _times(self) -> Iterator[object]:
        columns = self._entry["fields"].get("happened_at") or ()
        for column in [columns] if isinstance(columns, str) else columns:
            yield from (value for record in self._sample if (value := record.get(column)) is not None)

    def _column_of_times(self) -> str:
        columns = self._entry["fields"].get("happened_at")
        return printable(columns if isinstance(columns, str) else ", ".join(columns or ()))

    def _check_order(self, written: Sequence[frozenset[str]]) -> None:
        """Stop at an order in which none of the dates can be read that have only one: it would make wrong days of all others."""
        chosen = str(self._entry.get("date_order"))
        only = [order for orders in written if len(orders) == 1 for order in orders]
        if len(only) < _FEWEST_AGAINST or chosen in only:
            return
        column = self._column_of_times()
        right = Counter(only).most_common(1)[0][0]
        raise ConfigError(
            "--date-order",
            f"of the dates in column {column!r} of {self._table.name} none that tells day from month can be read as {chosen}, "
            f"and {how_many(len(only), 'date')} can be read as {right} alone",
            f"leave the flag out, or the line date_order in {self._place}, or say --date-order {right}",
        )

    def _date_order(self, written: Sequence[frozenset[str]]) -> None:
        """Which of day and month stands first, where dates are written so that it matters."""
        if not written:
            return
        telling = [orders for orders in written if len(orders) < len(ORDERS)]
        possible = frozenset(ORDERS).intersection(*telling)
        if len(possible) == 1 or not telling:
            self._entry["date_order"] = min(possible)
            return
        column = self._column_of_times()
        counts = Counter(order for orders in telling for order in orders)
        if not possible and counts.most_common(1)[0][1] >= len(telling) * _MOST_IN_ONE_ORDER:
            self._entry["date_order"] = counts.most_common(1)[0][0]  # a few rows are wrong
            return
        if not possible:
            self._two_orders(column, counts)
            return
        question = Question(
            f"The dates in {column!r} can be read in two ways. Which stands first, day or month? "
            "dmy for 31/12/2026, mdy for 12/31/2026",
            "--date-order",
            f"the dates in column {column!r} of {self._table.name} can be read in two ways",
            "say which stands first: --date-order dmy for 31/12/2026, mdy for 12/31/2026",
        )
        self._ask_order(question)

    def _two_orders(self, column: str, counts: Mapping[str, int]) -> None:
        """Ask where some dates put the day first and others the month: in one order, the others become wrong days."""
        kinds = ", ".join(f"{count:,} of them only as {order}" for order, count in counts.items() if count)
        problem = (
            f"the dates in column {column!r} of {self._table.name} stand in two orders, and no one of them reads all"
        )
        question = Question(
            f"The dates in {column!r} stand in two orders ({kinds}). Read in one, the others become wrong days or are not "
            "sent: best end here (Ctrl-C), write them all as 2026-11-20, and send the file again. Else: dmy or mdy",
            "--date-order",
            f"{problem} ({kinds})",
            "write them all as 2026-11-20 in the file; or send what one order reads: --date-order dmy or mdy",
        )
        self._ask_order(question)

    def _ask_order(self, question: Question) -> None:
        answer = self._asking.ask(question, lambda answer: read_key("date_order", answer, "date order"))
        self._fill("date_order", answer)

    def _timezone(self, times: Sequence[object]) -> None:
        """In which zone the clock of times without one is."""
        known = self._entry.get("date_order")
        readers = [Times(date_order=order) for order in ORDERS if known in {None, order}]
        if not any(reader.leaves_zone_open(time) for time in times for reader in readers):
            return
        column = self._column_of_times()
        question = Question(
            f"The times in {column!r} name no time zone. Which is it? Such as Europe/Berlin, America/New_York or UTC",
            "--timezone",
            f"the times in column {column!r} of {self._table.name} name no time zone",
            "say which it is: --timezone Europe/Berlin",
        )
        answer = self._asking.ask(question, lambda answer: read_key("timezone", answer, "time zone"))
        self._fill("timezone", answer)


def _orders_in(texts: Iterable[str]) -> Iterator[frozenset[str]]:
    """The orders in which each date may be read that cannot be read without one."""
    return (found for text in texts if not isinstance(milliseconds(text), int) and (found := orders_of(text)))


def _numbered(names: Sequence[str]) -> str:
    return "\n".join(f"  {number:>3}  {printable(name)}" for number, name in enumerate(names, 1))


def _is_in_words(value: object) -> bool:
    """Whether a value is a yes or a no that is no number."""
    return is_answer(value) and not str(value).strip().isdigit()


def _currency(answer: str) -> str:
    """A currency's code, empty for none; raises `ConfigError`."""
    code = answer.upper()
    if code not in CURRENCIES and code not in {"", "NONE"}:
        raise ConfigError("answer", "that is no currency's code", "write its three letters, such as EUR, or none")
    return code if code in CURRENCIES else ""


def _means_yes(value: str) -> bool:
    return is_yes(value) or is_tick(value) or comparable(value) in GRANTED


def _shown(value: object) -> str:
    """A value of a consent column as a question may list it."""
    text = (key_text(value) or "").strip()
    return "(something long or personal)" if len(text) > _LONGEST_VALUE or looks_personal(text) else printable(text)


def _is_a_moment(value: object) -> bool:
    """Whether a value is a time in whatever writing; a mere number may be anything."""
    is_number = isinstance(value, int | float) or str(value).strip().isdigit()
    return not is_number and (looks.is_time(value) or is_written(value))
