"""Each kind of defect in the spellings of many languages and programs, and what looks like one and is none.

A test maps all its spellings in one table, and names those that are judged otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.readiness.test_other_tables import digest, found_in

if TYPE_CHECKING:
    from collections.abc import Iterable

PERSON = ("first_name", "last_name", "company")
Row = dict[str, Any]


def names(**fields: str) -> Row:
    return {"email": "a@gmail.com", "first_name": "Anna", "last_name": "Berg", **fields}


def lasts(texts: Iterable[str]) -> dict[str, Row]:
    return {text: names(last_name=text) for text in texts}


def addresses(texts: Iterable[str]) -> dict[str, Row]:
    return {text: {"email": [text, "b@gmail.com"]} for text in texts}


def mailboxes(texts: Iterable[str]) -> dict[str, Row]:
    return addresses(f"{text}@firm.de" for text in texts)


def judged_otherwise(rows: dict[str, Row], expected: dict[str, int]) -> list[str]:
    """The spellings whose row has other findings; asked one by one only where the sum is another."""
    everything = [{"hashed": None, **dict.fromkeys(PERSON), **row} for row in rows.values()]
    if codes_of(everything) == {code: records * len(everything) for code, records in expected.items()}:
        return []
    return [text for text, row in zip(rows, everything, strict=True) if codes_of([row]) != expected]


def codes_of(rows: list[Row]) -> dict[str, int]:
    """The counts, but for those of what these rows share or lack beside the spelling."""
    found = found_in(rows, {"email": ["email", "hashed"], **{field: field for field in PERSON}})
    return {code: records for code, records in found.items() if code not in {"only_one_identifier", "shared_address"}}


def test_a_role_is_one_in_any_language() -> None:
    roles = (
        *("compras", "vendas", "ventes", "vendite", "amministrazione", "comptabilite", "verkoop", "biuro", "myynti"),
        *("Klantenservice", "firmapost", "kundendienst", "faktura", "atencion-al-cliente", "career", "it", "suporte"),
        *(
            "sales-uk",
            "info.de",
            "sales.emea",
            "support2",
            "info01",
            "team.sales",
            "ne-pas-repondre",
            "nicht-antworten",
        ),
    )
    assert judged_otherwise(mailboxes(roles), {"role_address": 1}) == []


def test_a_person_whose_name_begins_like_a_role_has_none() -> None:
    persons = (
        "itzhak",
        "compton",
        "info.meier",
        "vera.salg",
        "ventura",
        "prince",
        "salesny",
        "hipolito",
        "it77",
        "hi5",
        "info1985",
        "kim.it",
        "sales.meier",
    )
    assert judged_otherwise(mailboxes(persons), {}) == []


def test_a_word_for_tests_is_one_whatever_stands_beside_it() -> None:
    words = (
        *(
            "aaaa",
            "Xxxx",
            "Test 2",
            "test123",
            "Test User",
            "test.",
            "Prueba",
            "TESTE",
            "azerty",
            "тест",
            "テスト",
            "abc",
        ),
        *("testing", "Foo-Bar", "demo demo", "zxcvbn"),
    )
    assert judged_otherwise(lasts(words), {"test_record": 1}) == []


def test_a_mailbox_is_of_a_test_where_each_of_its_parts_is() -> None:
    tests = ("test1", "test.user", "test-7", "demo+3", "TESTE", "aaa", "asdf99", "foo.bar")
    assert judged_otherwise(mailboxes(tests), {"test_record": 1}) == []
    persons = ("bar1990", "test.berg", "iii", "anna.test", "testarossa", "7", "user", "anna+test")
    assert judged_otherwise(mailboxes(persons), {}) == []


def test_a_name_that_only_begins_like_a_test_is_a_person_s() -> None:
    persons = ("III", "Testa", "Barr", "Fooks", "User", "Demopoulos", "Asdís", "Le", "Blaš", "Testi")
    assert judged_otherwise(lasts(persons), {}) == []


def test_a_title_is_one_in_any_language() -> None:
    titled = (
        *("Dra. Ana", "MUDr. Jana", "Doctor Ana", "Mevrouw Ana", "Avv. Luca", "Pani Anna", "Lic. Juan", "Г-н Иван"),
        *("Herr/Frau Berg", "Univ.-Prof. Hans", "Fru Anna", "Doña Ana", "Sayın Ali", "д-р Анна", "Dipl.-Kfm. Jan"),
    )
    assert judged_otherwise({text: names(first_name=text) for text in titled}, {"honorific_in_name": 1}) == []


def test_a_title_is_no_word_of_a_first_name() -> None:
    firsts = {"Dr. Anna": 0, "Frau Anna": 0, "Dr. Anna Berg": 1, "Anna Berg": 1}
    rows = {text: names(first_name=text, last_name="") for text in firsts}
    found = {text: codes_of([{"hashed": None, "company": None, **row}]) for text, row in rows.items()}
    assert {text: codes.get("two_words_no_last_name", 0) for text, codes in found.items()} == firsts


def test_a_first_name_that_looks_like_a_title_is_none() -> None:
    firsts = ("Bc", "Licia", "Avvo", "Drake", "Panna", "Don Carlos", "Pan Wei", "Eng Lee", "Hon Sin", "Lord", "Pastor")
    assert judged_otherwise({text: names(first_name=text) for text in firsts}, {}) == []


def test_utf_8_that_was_read_in_another_code_page_is_mojibake() -> None:
    pages = (
        "latin-1",
        "cp1250",
        "cp1252",
        "cp1254",
        "cp1257",
        "cp437",
        "cp850",
        "cp866",
        "mac_roman",
        "cp1251",
        "cp1253",
    )
    written = ("Müller", "José", "Émile", "Łukasz", "Søren", "Žižek", "Özgür", "Çelik")
    read = (name.encode().decode(page, "replace") for name in written for page in pages)
    assert judged_otherwise(lasts(read), {"mojibake": 1}) == []


def test_other_letters_that_were_read_wrongly_are_mojibake() -> None:
    read = (
        "mã¼ller",
        "josã©",
        "joã£o",
        "MŸller",
        "M¸ller",
        "Èâàíîâà",
        "Äçìþôñçò",
        "Josй",
        "Mﾃｼller",
        "ã‰mile",
        "Nguyá»…n",
        "Trá»‹nh",
        "Tráº§n",
    )
    assert judged_otherwise(lasts(read), {"mojibake": 1}) == []


def test_what_is_written_rightly_is_no_mojibake() -> None:
    written = (
        *(
            "CONCEIÇÃO",
            "BRANDÃO",
            "Ðóra",
            "Öä",
            "Åæ",
            "Ćosić",
            "Œuf",
            "L'HAŸ",
            "Лі",
            "Міхай",
            "Γιώργος",
            "Đỗ",
            "Æ",
            "Ñu",
        ),
        *(
            "O’Neil",
            "Irmã",
            "Nguyễn",
            "İşık",
            "Ó Súilleabháin",
            "Ștefăniță",
            "Ãngelo",
            "Šćepanović",
            "Ängström",
            "Ääri",
        ),
    )
    assert judged_otherwise(lasts(written), {}) == []
    firms = {name: names(company=f"{name} │ «{name}» · 7½ m² – {name}®") for name in written}
    assert judged_otherwise(firms, {}) == []


def test_a_provider_of_any_country_is_misspelt_by_one_edit() -> None:
    slips = ("orang.fr", "yandx.ru", "liber.it", "seznm.cz", "gmx.dee", "web.dde", "comcast.ner", "free.frr", "wp.pll")
    assert judged_otherwise(addresses(f"anna@{domain}" for domain in slips), {"domain_typo": 1}) == []


def test_another_provider_or_company_is_no_misspelt_one() -> None:
    domains = ("mail.ee", "webb.de", "gmk.de", "photon.me", "inbox.lv", "ya.ru", "gmx.co.uk", "yandex.kz", "aon.com")
    assert judged_otherwise(addresses(f"anna@{domain}" for domain in domains), {}) == []


def test_a_domain_whose_end_cannot_exist_makes_no_address() -> None:
    domains = ("firm.d", "firm.c0m", "10.0.0.1", "123.123", "firm.42", "x.y.z")
    assert judged_otherwise(addresses(f"anna@{domain}" for domain in domains), {"not_an_email": 1}) == []


def test_a_domain_of_any_script_makes_an_address() -> None:
    domains = ("firma.рф", "xn--90a3ac.xn--p1ai", "भारत.भारत", "例.中国", "firm.museum", "1und1.de", "3m.co")
    assert judged_otherwise(addresses(f"anna@{domain}" for domain in domains), {}) == []


def test_a_hash_of_blanks_or_placeholders_in_any_writing_is_one_of_nothing() -> None:
    nothings = (" \n", "\t\t", "\u3000", " " * 20, "null\n", "none\r\n", " n/a", "NULL ", "N/A\n")
    rows = {
        repr(text): {"email": "b@gmail.com", "hashed": digest(text), "work_email": "a@firm.de"} for text in nothings
    }
    assert judged_otherwise(rows, {"hash_of_nothing": 1}) == []


def test_a_hash_of_nothing_is_one_in_a_name_too() -> None:
    rows = {field: names(**{field: digest("null")}) for field in ("first_name", "last_name")}
    assert judged_otherwise(rows, {"hash_of_nothing": 1}) == []


def test_a_title_before_a_first_name_is_one_in_any_language() -> None:
    titles = ("Lcda.", "Dña.", "Fröken", "Docteur", "Doutora", "Dame", "Lord", "Captain", "Shri", "Abg.", "Doc.")
    rows = {title: names(first_name=f"{title} Anna") for title in titles}
    assert judged_otherwise(rows, {"honorific_in_name": 1}) == []


def test_a_short_provider_s_com_that_lost_a_letter_is_a_slip() -> None:
    domains = ("aol.co", "msn.cm", "qq.co", "163.om", "ymail.co")
    assert judged_otherwise(addresses(f"anna@{domain}" for domain in domains), {"domain_typo": 1}) == []
    companies = ("mail.co", "me.co", "sky.co", "aon.com", "ao.com")
    assert judged_otherwise(addresses(f"anna@{domain}" for domain in companies), {}) == []


def test_a_hash_disagrees_with_the_address_beside_it_whatever_language_names_its_column() -> None:
    for column in ("correo", "adres", "メール", "login", "plain"):
        row = {column: "anna@gmail.com", "hashed": digest("otto@gmail.com")}
        assert found_in([row], {"email": "hashed"}) == {"hash_disagrees": 1}, column
    for column, text in (("notes", "asked by otto@firm.de for a call"), ("owner", "rep@firm.de")):
        assert found_in([{column: text, "hashed": digest("otto@gmail.com")}], {"email": "hashed"}) == {}, column


def test_addresses_at_work_are_counted_by_record_however_many_columns_hold_some() -> None:
    rows = [{"one": f"a{at}@firm.de;b{at}@firm.de", "two": f"c{at}@firm.de" if at % 2 else None} for at in range(10)]
    rows += [{"one": None, "two": "d@firm.de"}, {"one": None, "two": None}]
    found = found_in(rows, {"email": ["one", "two"]})
    assert found["work_only"] == 11


def test_a_country_is_known_by_its_own_name() -> None:
    own = ("Česko", "Россия", "Україна", "Suomi", "Ελλάδα", "日本", "대한민국", "Großbritannien", "ישראל", "مصر")
    rows = {text: names(country=text) for text in own}
    fields = {"email": "email", "first_name": "first_name", "last_name": "last_name", "country": "country"}
    assert {text: found_in([row], fields) for text, row in rows.items() if found_in([row], fields)} == {}
