"""Countries as forms, CRMs and people of many languages write them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_linkedin_conversions.records.codes import COUNTRIES
from target_linkedin_conversions.records.country_names import code_of_country
from target_linkedin_conversions.records.normalise import country
from target_linkedin_conversions.records.reasons import Reason

UNKNOWN = Reason("country", "unknown_country")


@pytest.mark.parametrize(
    ("code", "written"),
    [
        ("US", "us | USA | usa | U.S.A. | U. S. | United States | The United States of America | Соединенные Штаты | США | 美国"),
        ("DE", "de | DEU | Deutschland | GERMANY | Allemagne | Německo | Германия | Almanya | Saksa | Németország | ドイツ | 독일"),
        ("GB", "UK | U.K. | Great Britain | England | Velká Británie | Великобритания | BİRLEŞİK KRALLIK | 英国 | Scotland"),
        ("CH", "Schweiz | Suisse | Svizzera | SUI | Švýcarsko | Швейцария | İsviçre | 瑞士"),
        ("CZ", "Czechia | Česko | Česká republika | Tschechien | Чехия | Çekya"),
        ("GR", "Greece | EL | Ελλάδα | GRE | Griechenland | Řecko"),
        ("NL", "Netherlands (the) | the Netherlands | THE NETHERLANDS | Netherlands, the"),
        ("KR", "Korea (the Republic of) | Korea, the Republic of | The Republic of Korea"),
        ("GB", "United Kingdom of Great Britain and Northern Ireland (the)"),
        ("CD", "Congo (the Democratic Republic of the)"),
        ("TZ", "Tanzania, the United Republic of"),
        ("GM", "Gambia (The) | the Gambia"),
        ("TR", "Türkiye | Turkey | TURKIYE | Turecko | Турция | Τουρκία"),
    ],
)  # fmt: skip
def test_a_country_is_known_by_every_name_of_it(code: str, written: str) -> None:
    for name in written.split(" | "):
        assert country(f" {name} ") == code, name


@given(
    st.sampled_from(sorted(COUNTRIES)),
    st.sampled_from(["{} ({})", "{}, {}", "{} - {}", "{} / {}", "{}\u2014{}", "{}|{}"]),
)
def test_two_ways_of_one_country_are_it_and_of_two_countries_are_none(code: str, form: str) -> None:
    form = form.replace("\u2014", " \u2014 ")
    name = {"DE": "Germany", "US": "United States"}.get(code, code.lower())
    assert country(form.format(name, code)) == code
    assert country(form.format(code, name)) == code
    other = "FR" if code != "FR" else "IT"
    assert country(form.format(name, other)) == UNKNOWN


@pytest.mark.parametrize(
    "nothing",
    ["n/a", "N/A", "n.a.", "N.A.", "N. A.", "(N/A)", "[n.a.]", "N/A.", "n / a", "N-A", "N A", "s/n", "n\\a", "i/o"],
)
def test_what_says_that_there_is_none_is_not_the_country_whose_code_has_its_letters(nothing: str) -> None:
    assert country(nothing) == UNKNOWN


@pytest.mark.parametrize(
    ("written", "code"),
    [
        *(
            ("NA", "NA"),
            (" na ", "NA"),
            ("Namibia", "NA"),
            ("(NA)", "NA"),
            ("[DE]", "DE"),
            ("U.S.", "US"),
            ("U. K.", "GB"),
        ),
        *(("u.s", "US"), ("D.E.", "DE"), ('"DE"', "DE"), ("SN", "SN"), ("U.S.A.", "US"), ("(U.S.)", "US")),
    ],
)
def test_a_code_may_have_points_behind_its_letters_and_marks_around_it(written: str, code: str) -> None:
    assert country(written) == code


def test_a_flag_is_its_country() -> None:
    for code in COUNTRIES:
        assert country("".join(chr(0x1F1E6 + ord(letter) - ord("A")) for letter in code)) == code


@pytest.mark.parametrize(
    "written",
    [
        "276", "840", 840, "4", "de-DE", "en_US", "DE-BY", "US of A", "Germany (Berlin)", "Germany or France", "()", "EU", "Kosovo",
        "Germany (US)", "Virgin Islands", "world", "\U0001f1fd\U0001f1fd", "D", "-", "DE DE DE", True, ["DE"], {"code": "DE"},
    ],
)  # fmt: skip
def test_what_names_no_country_or_several_is_left_out(written: Any) -> None:
    assert country(written) == UNKNOWN


@given(st.text(max_size=120))
def test_any_text_is_a_code_or_none(text: str) -> None:
    assert code_of_country(text) in {*COUNTRIES, None}
