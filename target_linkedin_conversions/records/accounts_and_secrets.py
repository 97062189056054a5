"""Numbers of bank accounts and secrets of services: what looks like an id, and is told from one by its check digits or its beginning."""

from __future__ import annotations

import re

__all__ = ["BEGINNINGS", "is_account_or_secret"]

_LENGTHS = {
    country: length
    for length, countries in {
        15: "NO",
        16: "BE",
        18: "DK FI FK FO GL NL SD",
        19: "MK SI",
        20: "AT BA EE KZ LT LU MN XK",
        21: "CH HR LI LV",
        22: "BG BH CR DE GB GE IE ME RS VA",
        23: "AE GI IL IQ OM SO TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST",
        26: "IS TR",
        27: "BI DJ FR GR IT MC MR SM",
        28: "AL AZ BY CY DO GT HU LB NI PL SV",
        29: "BR EG PS QA UA",
        30: "JO KW MU YE",
        31: "MT SC",
        32: "LC",
        33: "RU",
    }.items()
    for country in countries.split()
}
"""Characters of an IBAN by its country, as SWIFT's registry has them."""
_MODULUS = 97
_ACCOUNT = re.compile(
    r"(?:IBAN:?\s?)?([A-Z]{2}[0-9]{2}(?:[ -]?[A-Z0-9]){11,29}|[a-z]{2}[0-9]{2}(?:[ -]?[0-9]){11,29})"
).fullmatch
"""In small letters only where the country alone is letters: ids in hex digits are many, and some would have right check digits."""
_SECRET = re.compile(
    r"[srp]k_(?:live_[A-Za-z0-9]{4}|test_[A-Za-z0-9]{16})|whsec_\w{16}|gh[opsur]_[A-Za-z0-9]{20}|github_pat_|glpat-[\w-]{16}"
    r"|xox[a-z]-[\w-]{8}|shp(?:at|ca|pa|ss)_[0-9a-fA-F]{16}|(?:AKIA|ASIA)[A-Z0-9]{16}\Z|AIza[\w-]{35}\Z"
    r"|(?:pi|seti|cs|src)_[A-Za-z0-9]{8,40}_secret_|eyJ[\w-]{8,}\.",
).match
"""The keys and tokens of Stripe, GitHub, GitLab, Slack, Shopify, Amazon and Google, and tokens that are JSON."""
BEGINNINGS = frozenset(
    {
        *(
            "AKI",
            "ASI",
            "AIz",
            "IBA",
            "eyJ",
            "ghp",
            "gho",
            "ghs",
            "ghu",
            "ghr",
            "git",
            "glp",
            "pk_",
            "rk_",
            "sk_",
            "shp",
            "whs",
        ),
        *("xox", "pi_", "set", "cs_", "src"),
        *(f"{country}{digit}" for name in _LENGTHS for country in (name, name.lower()) for digit in range(10)),
    }
)
"""The three characters that each of these begins with: of most ids they tell at once that it is none."""


def is_account_or_secret(text: str) -> bool:
    """Whether it is an account's number with right check digits, also in groups, or begins as a service's secret does."""
    if _SECRET(text):
        return True
    if (found := _ACCOUNT(text)) is None:
        return False
    written = found[1].replace(" ", "").replace("-", "").upper()
    digits = "".join(str(int(mark, 36)) for mark in written[4:] + written[:4])
    return _LENGTHS.get(written[:2]) == len(written) and int(digits) % _MODULUS == 1
