"""A person's names, what LinkedIn takes beside them only, and the ids that a source has for the person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_linkedin_conversions.guessing import looks
from target_linkedin_conversions.guessing.candidates import MOSTLY, Columns, Labels, candidates
from target_linkedin_conversions.guessing.guess import FieldGuess
from target_linkedin_conversions.nearest import folded_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from target_linkedin_conversions.guessing.samples import Value

__all__ = ["guess_ids", "guess_person"]

_OF_A_DEAL = frozenset(
    {"deal", "opportunity", "product", "project", "campaign", "company", "account", "event", "file", "item"}
)
"""What else has a name and a title."""
_TITLED = _OF_A_DEAL | {"conversion", "order", "form", "page", "ad", "webinar"}
"""What else has a title of its own beside a person's, also where the person is named in what lies around it."""
_LISTS_OF_PEOPLE = (("associated", "vids"), ("contact", "ids"), ("associated", "contact", "ids"))
"""Columns that list the ids of a deal's people, the first one first."""
_SHORTEST_WORD = 3


def guess_person(columns: Columns, labels: Labels, *, is_of_people: bool) -> Iterator[tuple[str, FieldGuess]]:
    """First and last name, or the full one; then company, title and country, which are of no use without."""
    names = dict(_names(columns, labels, is_of_people=is_of_people))
    yield from names.items()
    if names:
        yield from _beside_names(columns, labels, next(iter(names.values())).columns[0], is_of_people=is_of_people)


def _names(columns: Columns, labels: Labels, *, is_of_people: bool) -> Iterator[tuple[str, FieldGuess]]:
    first = candidates(columns, labels, "first_name", looks.has_words)
    last = candidates(columns, labels, "last_name", looks.has_words)
    if first and not last:  # `Vorname` and `Name`
        last = tuple(path for path in _in_one_place(first[0], columns) if labels[path].words == ("name",))
    if first and last:
        yield "first_name", FieldGuess(first[:1], "by its name", first[1:3])
        yield "last_name", FieldGuess(last[:1], "by its name", last[1:3])
    elif full := _full_names(columns, labels, is_of_people=is_of_people):
        yield "full_name", FieldGuess(full[:1], "holds first and last name in one", full[1:3])


def _full_names(columns: Columns, labels: Labels, *, is_of_people: bool) -> tuple[str, ...]:
    """Columns of full names; a bare `name` only where the stream, what is around it or an address says that it is a person's."""
    return tuple(
        path
        for path in candidates(columns, labels, "full_name", looks.is_two_names)
        if _OF_A_DEAL.isdisjoint(labels[path].all_words)
        and (
            is_of_people
            or labels[path].around
            or labels[path].words != ("name",)
            or _stand_in_addresses(columns[path].values, columns)
        )
    )


def _stand_in_addresses(names: Sequence[Value], columns: Columns) -> bool:
    """Whether the words of most names stand in the addresses beside them, as those of persons do: `Jane Doe`, `jane@example.com`."""
    values = (value for sample in columns.values() for value in sample.values)
    before_at = "\n".join(value.partition("@")[0] for value in values if looks.is_address(value)).casefold()

    def stands_there(name: Value) -> bool:
        words = name.casefold().split() if isinstance(name, str) else ()
        return any(len(word) >= _SHORTEST_WORD and word in before_at for word in words)

    return looks.share(names, stands_there) >= MOSTLY


def _beside_names(
    columns: Columns, labels: Labels, name: str, *, is_of_people: bool
) -> Iterator[tuple[str, FieldGuess]]:
    if companies := candidates(columns, labels, "company", looks.has_words):
        yield "company", FieldGuess(companies[:1], "by its name", companies[1:3])
    elif "[0]" in name and (around := _names_around(columns, labels)):
        yield "company", FieldGuess(around[:1], "the name of what the persons belong to")
    titles = tuple(
        path
        for path in candidates(columns, labels, "title", looks.has_words)
        if _TITLED.isdisjoint(labels[path].words)
        and (labels[path].words != ("title",) or is_of_people or labels[path].around)
    )
    if titles:
        yield "title", FieldGuess(titles[:1], "a job title by its name", titles[1:3])
    if countries := candidates(columns, labels, "country", looks.is_country):
        yield "country", FieldGuess(_code_first(countries), "holds countries")


def _in_one_place(path: str, columns: Columns) -> list[str]:
    """The columns in the same place as another."""
    place = path.rpartition(".")[0]
    return [other for other in columns if other.rpartition(".")[0] == place and other != path]


def _names_around(columns: Columns, labels: Labels) -> tuple[str, ...]:
    """What a row with a list of persons is called itself."""
    own = (path for path, sample in columns.items() if sample.values and not labels[path].depth)
    return tuple(path for path in own if labels[path].words in {("display", "name"), ("name",)})


def _code_first(countries: tuple[str, ...]) -> tuple[str, ...]:
    """The best column of countries, and before it one beside it that holds their codes."""
    first = countries[0]
    place = first.rpartition(".")[0]
    codes = [path for path in countries[1:] if "code" in folded_name(path) and path.rpartition(".")[0] == place]
    return (*codes[:1], first)


def guess_ids(columns: Columns, labels: Labels) -> Iterator[tuple[str, FieldGuess]]:
    """The answer to a lead form, and the source's own id of the person."""
    if leads := candidates(columns, labels, "lead", looks.is_id):
        yield "lead", FieldGuess(leads[:1], "the answer to a LinkedIn lead form by its name", leads[1:3])
    elif answers := [path for path in columns if _are_lead_responses(columns[path].values)]:
        yield "lead", FieldGuess((answers[0],), "holds ids of answers to a LinkedIn lead form")
    own = candidates(columns, labels, "external_id", looks.is_id)
    if not own:
        lists = (path for path in columns if path.endswith("[]") and labels[path].words in _LISTS_OF_PEOPLE)
        own = tuple(f"{path.removesuffix('[]')}[0]" for path in lists)
    if own:
        yield "external_id", FieldGuess(own[:1], "an id of the person by its name", own[1:3])


def _are_lead_responses(values: Sequence[Value]) -> bool:
    return looks.share(values, looks.is_lead_response) == 1
