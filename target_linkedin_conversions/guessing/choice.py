"""Which rows count, and as what: consent, the rule's column, marks of rows that are gone or for tests, and the key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from target_linkedin_conversions.guessing import looks
from target_linkedin_conversions.guessing.guess import ConsentGuess, Mark, RuleColumn, Stage
from target_linkedin_conversions.guessing.labels import Label, rank, words_of
from target_linkedin_conversions.guessing.samples import ColumnSample
from target_linkedin_conversions.records.columns import DELETION_MARKS, ROW_NUMBERS, plain_name
from target_linkedin_conversions.records.looks import looks_personal
from target_linkedin_conversions.records.truth import FALSE, TRUE

__all__ = ["guess_consent", "guess_deleted", "guess_key", "guess_only", "guess_rules", "is_yes"]

Columns = Mapping[str, ColumnSample]
Labels = Mapping[str, Label]

_CONSENTS = ("consent", "einwilligung", "zustimmung", "consentement", "consentimiento", "optin", "einverstaendnis")
_FOR_ADS = ("ads", "ad", "adstorage", "marketing", "werbung", "linkedin", "tracking")
_ALLOWS = (
    "adsstorage",
    "adstorage",
    "aduserdata",
    "acceptsmarketing",
    "marketingallowed",
    "allowsmarketing",
    "dsgvo",
    "gdpr",
)
_REFUSALS = (
    "optout",
    "optedout",
    "unsubscribed",
    "unsubscribe",
    "donotcontact",
    "donottrack",
    "widerspruch",
    "abgemeldet",
)
_YES = (
    TRUE
    | {"granted", "ja", "j", "oui", "si", "sí", "sim", "tak", "accepted", "agreed", "given", "erteilt", "zugestimmt"}
    | {
        *(
            "opted in",
            "opted_in",
            "opt-in",
            "optin",
            "subscribed",
            "allowed",
            "confirmed",
            "explicit",
            "wahr",
            "vrai",
            "x",
        ),
    }
)
_MOST_ANSWERS = 8
_STAGES = (
    *(
        "dealstage",
        "stage",
        "stagename",
        "lifecyclestage",
        "leadstage",
        "pipelinestage",
        "phase",
        "stufe",
        "vertriebsphase",
    ),
    *("status", "leadstatus", "dealstatus", "statuslabel", "orderstatus", "paymentstatus", "financialstatus"),
    *("displayfinancialstatus", "eventname", "event", "conversionname", "conversiontype", "goal", "zustand"),
)
_OF_EVENTS = ("eventname", "event", "conversionname")
_FUNNEL = (
    *(
        "lead",
        "newlead",
        "signup",
        "subscriber",
        "trial",
        "demo",
        "generatelead",
        "formsubmit",
        "mql",
        "marketingqualified",
    ),
    *("marketingqualifiedlead", "accepted", "sal", "sql", "salesqualified", "salesqualifiedlead", "qualified"),
    *(
        "opportunity",
        "converted",
        "customer",
        "kunde",
        "purchase",
        "order",
        "paid",
        "bezahlt",
        "succeeded",
        "completed",
    ),
    *("complete", "closedwon", "won", "gewonnen", "abschluss"),
)
"""What a stage is called that counts as a conversion, as far down the funnel as it stands."""
_NO_CONVERSION = frozenset({"lead", "newlead", "subscriber", "trial", "accepted", "order"})
"""Stages at which most streams begin, and no conversion of their own."""
_GONE = (*map(plain_name, DELETION_MARKS), "cancelledat", "canceledat", "voidedat", "refunded", "geloescht")
_TESTS = {"livemode": True, "test": False, "istest": False, "testmode": False, "sandbox": False, "isconverted": True}
_KEYS = ("id", "uuid", "guid", "dealid", "orderid", "leadid", "contactid", "transactionid", "recordid", "invoiceid")
_MORE_KEYS = (
    "vorgangsnummer",
    "auftragsnummer",
    "bestellnummer",
    "rechnungsnummer",
    "ordernumber",
    "invoicenumber",
    "nr",
    "nummer",
)
_GA4 = ("user_pseudo_id", "event_name", "event_timestamp")
"""What tells the events of a GA4 export apart, which has no key."""


def is_yes(text: str) -> bool:
    """Whether an answer means yes."""
    return " ".join(text.casefold().split()) in _YES


def guess_consent(columns: Columns, labels: Labels) -> tuple[ConsentGuess, ...]:
    """Columns that say who consented, those for advertisements first, those that say who refused last."""
    found = []
    for order, (path, sample) in enumerate(columns.items()):
        name = "".join(labels[path].words)
        is_refusal = _says(labels[path], _REFUSALS)
        is_consent = not is_refusal and (_says(labels[path], _CONSENTS) or name in _ALLOWS)
        if not (is_refusal or is_consent) or path.endswith("[]") or not _has_few_answers(sample):
            continue
        is_for_ads = any(word in _FOR_ADS for word in labels[path].all_words) or name in _ALLOWS
        guess = _consent(path, sample, is_refusal=is_refusal, is_for_ads=is_for_ads)
        found.append((is_refusal, not is_for_ads, labels[path].depth, order, guess))
    return tuple(guess for *_, guess in sorted(found, key=lambda one: one[:4]))


def _says(label: Label, names: Sequence[str]) -> bool:
    """Whether one of the names is written in a label's words, one or two of them together."""
    pairs = zip(label.words, label.words[1:], strict=False)
    written = {*label.words, *(one + other for one, other in pairs), "".join(label.words)}
    three = {"".join(label.words[at : at + 3]) for at in range(len(label.words))}
    return not (written | three).isdisjoint(names)


def _has_few_answers(sample: ColumnSample) -> bool:
    if not sample.values:
        return "boolean" in sample.types
    return 0 < len(sample.texts) <= _MOST_ANSWERS and not any(map(looks_personal, sample.texts))


def _consent(path: str, sample: ColumnSample, *, is_refusal: bool, is_for_ads: bool) -> ConsentGuess:
    if is_refusal:
        said = "says who refused e-mails or contact, which is not who agreed to advertisements"
        return ConsentGuess(path, (False,), (), said, is_refusal=True)
    yes = tuple(text for text in sample.texts if is_yes(text))
    granted: list[str | bool] = [True] if not yes or any(text.casefold() in TRUE for text in yes) else []
    granted += [text for text in yes if text.casefold() not in TRUE]
    others = tuple(text for text in sample.texts if text not in yes)
    said = (
        "consent to advertisements by its name"
        if is_for_ads
        else "consent by its name; make sure that it covers advertisements"
    )
    return ConsentGuess(path, tuple(granted), others, said)


def guess_rules(columns: Columns, labels: Labels) -> tuple[RuleColumn, ...]:
    """Columns of stages or events with few values, those with a conversion among them first."""
    found = []
    for order, (path, sample) in enumerate(columns.items()):
        at = rank(labels[path], _STAGES)
        texts = {text: count for text, count in sample.texts.items() if text.strip()}
        if at is None or not texts or path.endswith("[]") or any(map(looks_personal, texts)) or not _are_words(texts):
            continue
        stages = sorted((_stage(text, count) for text, count in texts.items()), key=_in_funnel)
        if not any(stage.is_conversion for stage in stages):
            continue
        is_event = "".join(labels[path].words) in _OF_EVENTS
        reason = "the event's name" if is_event else "a stage or status by its name"
        found.append((at + 4 * labels[path].depth, order, RuleColumn(path, tuple(stages), reason)))
    return tuple(rule for *_, rule in sorted(found, key=lambda one: one[:2]))


def _are_words(texts: Mapping[str, int]) -> bool:
    return all(looks.has_words(text) for text in texts) and not set(texts) <= {"true", "false"}


def _stage(text: str, records: int) -> Stage:
    at = _funnel(text)
    return Stage(text, records, at >= 0 and _FUNNEL[at] not in _NO_CONVERSION)


def _funnel(text: str) -> int:
    """How far down the funnel a stage is; -1 for what is none of it."""
    words = words_of(text)
    name = "".join(words)
    if name in _FUNNEL:
        return _FUNNEL.index(name)
    if set(words) & {"lost", "not", "un", "no", "dis", "disqualified", "unqualified", "verloren", "abgelehnt"}:
        return -1
    return max((_FUNNEL.index(word) for word in words if word in _FUNNEL), default=-1)


def _in_funnel(stage: Stage) -> tuple[int, str]:
    return _funnel(stage.value), stage.value


def guess_deleted(columns: Columns, labels: Labels) -> tuple[Mark, ...]:
    """Columns by which sources say that a record is gone, cancelled or paid back."""
    found = []
    for path, sample in columns.items():
        name = "".join(labels[path].words)
        is_mark = name in _GONE or plain_name(path) in _GONE
        if is_mark and not labels[path].depth and plain_name(path) != "sdcdeletedat" and _marks(sample):
            found.append(Mark(path, "true or a time there: the record is gone"))
    return tuple(found)


def _marks(sample: ColumnSample) -> bool:
    """Whether the values are yes and no, or times."""
    folded = {text.casefold() for text in sample.texts}
    return not sample.values or folded <= TRUE | FALSE or looks.share(sample.values, looks.is_time) == 1


def guess_only(columns: Columns, labels: Labels) -> Mark | None:
    """The column that tells real rows from tests."""
    for path, sample in columns.items():
        name = "".join(labels[path].words)
        if name in _TESTS and not labels[path].depth and {text.casefold() for text in sample.texts} <= TRUE | FALSE:
            if name == "isconverted" and not sample.values:
                continue
            reason = "only leads that were converted" if name == "isconverted" else "leaves tests out"
            return Mark(path, reason, _TESTS[name])
    return None


def guess_key(columns: Columns, labels: Labels, key: Sequence[str]) -> tuple[str, ...]:
    """Columns that tell rows apart, where the stream has no key or that of a row's number; empty where it has one."""
    if key and not all(plain_name(name) in ROW_NUMBERS for name in key):
        return ()
    if all(name in columns for name in _GA4):
        return _GA4
    names = (*_KEYS, *_MORE_KEYS)
    found = [
        (at, path)
        for path, sample in columns.items()
        if (at := rank(labels[path], names)) is not None and not labels[path].depth and _is_unique(sample)
    ]
    return (min(found)[1],) if found else ()


def _is_unique(sample: ColumnSample) -> bool:
    """Whether every record that was seen has a value of its own."""
    values = [str(value) for value in sample.values]
    return bool(values) and sample.filled == sample.records and len(set(values)) == len(values)
