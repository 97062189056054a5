"""`send`: what it asks, the answers that are kept, and every slip with its mend."""

from __future__ import annotations

import json
import os
from pathlib import Path  # noqa: TC003 - a type of a test alone

import pytest

from tests.send.conftest import AGREED, RULE, Send, as_csv


def test_elsewhere_than_on_a_terminal_every_flag_that_is_missing_is_named_at_once(send: Send) -> None:
    path = send.file("leads.csv", send.leads(1).replace("Z", ""))
    code, out, err = send(path)
    assert (code, out) == (2, "")
    assert all(f"{flag}: " in err for flag in ("--yes", "--rule", "--consent", "--timezone"))
    assert "nowhere.csv: the file cannot be read" in send(send.folder / "nowhere.csv")[2]
    assert sorted(found.name for found in send.folder.iterdir()) == ["leads.csv"]


def test_answers_are_kept_and_a_flag_wins_over_them(send: Send) -> None:
    path = send.file("leads.csv", send.leads(1, 2).replace("Z", ""))
    send.counts(path, *RULE, *AGREED, "--timezone", "America/New_York")
    kept = path.with_name("leads.csv.mapping.yml")
    assert kept.stat().st_mode & 0o777 == 0o600
    assert "America/New_York" in kept.read_text()
    assert send.counts(path) == {"already_delivered": 2}
    send.counts(path, "--timezone", "UTC")
    assert "timezone: UTC" in kept.read_text()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("fields: {email: E-Mail", "line 1"),
        ("timezone: Mars/Olympus\nfields: {email: email}", "leads.csv.mapping.yml.timezone"),
        ("feilds: {email: email}", "did you mean 'fields'"),
        ("- a list", "no list of `name: value`"),
        ("consent: {column: nowhere}\nfields: {email: email, happened_at: happened_at}", "no column 'nowhere'"),
        ("!!python/object/apply:os.system ['true']", "mapping.yml"),
        ("fields: {email: mail}\nconsent: {not_required: a}", "'mail'"),
        ("consent: {not_required: a}\nfields: {}\nconsent: {column: id}", "line 3: a name stands twice"),
    ],
)
def test_a_slip_in_the_kept_answers_is_told_with_its_place(send: Send, content: str, words: str) -> None:
    path = send.file("leads.csv", send.leads(1))
    send.file("leads.csv.mapping.yml", content)
    code, _, err = send(path, *RULE, *(() if "consent" in content else AGREED), "--yes")
    assert code == 2
    assert words in err
    assert send.received == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((*RULE, *AGREED), "--yes"),
        (("--yes", *AGREED), "--rule"),
        (("--yes", *RULE), "--consent"),
        (("--yes", *RULE, "--consent", "Optin=yes"), "no column 'Optin'"),
        (("--yes", *RULE, "--consent", "not-required:"), "does not say why"),
        (("--yes", *RULE, *AGREED, "--map", "email=Emial"), "did you mean 'email'"),
        (("--yes", *RULE, *AGREED, "--map", "emial=email"), "did you mean 'email'"),
        (("--yes", *RULE, *AGREED, "--map", "email"), "FIELD=COLUMN"),
        (("--yes", *RULE, *AGREED, "--timezone", "Berlin"), "--timezone"),
        (("--yes", *RULE, *AGREED, "--encoding", "latin-99"), "--encoding"),
        (("--yes", *RULE, *AGREED, "--delimiter", "ab"), "--delimiter"),
        (("--yes", "--rule", "abc", *AGREED), "--rule"),
        (("--yes", *RULE, *AGREED, "--stream", "nowhere", "--map", "value=false"), ""),
    ],
)
def test_what_is_missing_or_wrong_is_named_by_its_flag(send: Send, arguments: tuple[str, ...], words: str) -> None:
    path = send.file("leads.csv", send.leads(1))
    code, _, err = send(path, *arguments)
    assert code == (2 if words else 0), err
    assert words in err
    assert "Traceback" not in err
    assert "row.1@" not in err
    assert len(send.received) == (0 if words else 1)


def test_a_file_that_is_not_there_is_named_before_what_the_settings_lack(
    send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TARGET_LINKEDIN_CONVERSIONS_ACCESS_TOKEN")
    code, _, err = send("leeds.csv", "--rule", "101")
    assert code == 2
    assert (
        err
        == "Error: leeds.csv: the file cannot be read (No such file or directory); check its name, and who may read it\n"
    )


def test_all_that_is_open_is_named_at_once(send: Send) -> None:
    path = send.file("leads.csv", "email,Datum\na@example.com,01/02/2026\n")
    code, _, err = send(path, "--yes")
    assert code == 2
    assert all(flag in err for flag in ("--consent", "--rule", "--date-order", "--timezone"))


def test_a_token_of_another_name_is_told(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TARGET_LINKEDIN_CONVERSIONS_ACCESS_TOKEN")
    monkeypatch.setenv("LINKEDIN_ACCESS_TOKEN", "secret-token")
    code, _, err = send(send.file("leads.csv", send.leads(1)), *RULE, *AGREED, "--yes")
    assert code == 2
    assert "TARGET_LINKEDIN_CONVERSIONS_ACCESS_TOKEN" in err
    assert "secret-token" not in err


@pytest.mark.parametrize(
    ("variable", "words", "config"),
    [
        ("TARGET_LINKEDIN_CONVERSION_DRY_RUN", "did you mean TARGET_LINKEDIN_CONVERSIONS_DRY_RUN", ()),
        ("TARGET_LINKEDIN_CONVERSIONS_DRY_RUN", "says something else than the settings", ("--config", "config.json")),
    ],
)
def test_a_variable_that_was_meant_to_keep_rows_here_and_is_not_read_is_told_before_anything_is_sent(
    send: Send, monkeypatch: pytest.MonkeyPatch, variable: str, words: str, config: tuple[str, ...]
) -> None:
    names = ("ACCESS_TOKEN", "API_URL", "OAUTH_URL")
    settings = {name.lower(): os.environ[f"TARGET_LINKEDIN_CONVERSIONS_{name}"] for name in names}
    send.file("config.json", json.dumps(settings))
    monkeypatch.setenv(variable, "true")
    code, out, _ = send(send.file("leads.csv", send.leads(1)), *RULE, *AGREED, "--yes", *config)
    assert code == 0
    first = out.splitlines()[0]
    assert first.startswith(f"! {variable} is not read")
    assert words in first


GERMAN_AND_US = [f"{day:02}.11.2026" for day in range(14, 20)] + [f"11/{day}/2026" for day in range(14, 20)]


def test_dates_in_two_orders_stop_the_file_and_a_few_slips_do_not(send: Send) -> None:
    def rows(dates: list[str]) -> str:
        return as_csv([{"id": f"{n}", "email": f"r{n}@example.com", "date": one} for n, one in enumerate(dates)])

    path = send.file("leads.csv", rows(GERMAN_AND_US))
    code, _, err = send(path, "--rule", 101, *AGREED, "--timezone", "UTC", "--yes")
    assert (code, "--date-order" in err, "write them all as 2026-11-20" in err) == (2, True, True)
    assert not send.linkedin.received
    assert send(path, "--rule", 101, *AGREED, "--timezone", "UTC", "--date-order", "dmy", "--dry-run", "--yes")[0] != 2
    path = send.file("few.csv", rows([*(["20.11.2026"] * 60), "11/22/2026"]))
    assert "day before month" in send(path, "--rule", 101, *AGREED, "--timezone", "UTC", "--dry-run", "--yes")[1]


def test_an_order_that_no_date_of_the_file_bears_out_stops_it(send: Send) -> None:
    """Read so, the dates that have two readings would become wrong days."""

    def path_of(dates: list[str]) -> Path:
        rows = [{"id": f"{n}", "email": f"r{n}@example.com", "date": one} for n, one in enumerate(dates)]
        return send.file("leads.csv", as_csv(rows))

    told = (*RULE, *AGREED, "--timezone", "UTC", "--dry-run", "--yes", "--date-order")
    path = path_of(["11/05/2026", "11/06/2026", "11/22/2026", "11/23/2026"])
    code, _, err = send(path, *told, "dmy")
    assert (code, "2 dates can be read as mdy alone" in err, "--date-order mdy" in err) == (2, True, True)
    assert send(path, *told, "mdy")[0] == 0
    one_slip = path_of(["05/11/2026", "06/11/2026", "11/22/2026"])
    assert send(one_slip, *told, "dmy")[0] == 0


def test_amounts_without_a_currency_are_told_and_one_flag_brings_them(send: Send) -> None:
    row = {"Record ID": "1", "Email": "a@example.com", "Deal Amount": "10.50", "Close Date": send.ago(1)}
    path = send.file("deals.csv", as_csv([row]))
    _, out, _ = send(path, "--rule", 101, *AGREED, "--dry-run", "--yes")
    assert "the amounts in column 'Deal Amount'" in out
    assert "--map currency=EUR" in out
    other = send.file("other.csv", as_csv([row]))
    _, out, _ = send(other, "--rule", 101, *AGREED, "--dry-run", "--yes", "--map", "value=false")
    assert "Deal Amount" not in out
    _, out, _ = send(other, *AGREED, "--dry-run", "--yes", "--map", "currency=EUR")
    assert "EUR" not in out, "without a value no currency is sent either"
    assert send.counts(path, "--rule", 101, *AGREED, "--map", "currency=EUR")["delivered"] == 1
    (event,) = send.linkedin.received
    assert event["conversionValue"] == {"currencyCode": "EUR", "amount": "10.50"}


def test_the_flag_for_consent_is_proposed_with_the_files_own_words_for_yes(send: Send) -> None:
    rows = [{"id": f"{n}", "email": f"r{n}@example.com", "happened_at": send.ago(1), "GDPR consent": word}
            for n, word in enumerate(("Ja", "Nein", "Ja"))]  # fmt: skip
    _, _, err = send(send.file("leads.csv", as_csv(rows)), "--rule", 101, "--yes")
    assert '--consent "GDPR consent=Ja"' in err


def test_a_column_that_asks_for_something_else_is_named_and_not_taken_for_the_consent(send: Send) -> None:
    rows = [{"id": f"{n}", "email": f"r{n}@example.com", "happened_at": send.ago(1), "Can we contact you?": word,
             "Quantity": "1", "Email Opt Out": "no"} for n, word in enumerate(("Yes", "No", "Yes"))]  # fmt: skip
    code, _, err = send(send.file("leads.csv", as_csv(rows)), *RULE, "--yes")
    assert code == 2
    assert '--consent "COLUMN=yes"' in err
    assert "where it asks for consent to advertising, it may be 'Can we contact you?'" in err
    assert "Quantity" not in err
    assert "Opt Out" not in err


@pytest.mark.parametrize("total", ["Total,,,", ",,,", ",,TOTAL,", ",,,\nSum,,,"])
def test_a_line_of_totals_takes_no_key_away(send: Send, total: str) -> None:
    lines = "".join(f"{n},r{n}@example.com,{send.ago(n)},10,EUR\n" for n in (1, 2, 3))
    path = send.file("orders.csv", f"Order ID,Email,Closed at,Amount,Currency\n{lines}{total}30,EUR\n")
    send(path, *RULE, *AGREED, "--yes")
    assert "key: Order ID" in path.with_name("orders.csv.mapping.yml").read_text()
    assert len(send.received) == 3


def test_a_key_that_a_person_lacks_is_none(send: Send) -> None:
    lines = "".join(f"{n},r{n}@example.com,{send.ago(n)}\n" for n in (1, 2, 3))
    path = send.file("orders.csv", f"Order ID,Email,Closed at\n{lines},r4@example.com,{send.ago(4)}\n")
    send(path, *RULE, *AGREED, "--yes")
    assert "key:" not in path.with_name("orders.csv.mapping.yml").read_text()


def test_a_reason_that_is_none_is_told_by_the_flag_that_gave_it(send: Send) -> None:
    code, _, err = send(send.file("leads.csv", send.leads(1)), *RULE, "--consent", "not-required: yes", "--yes")
    assert code == 2
    assert "--consent.not_required" in err
    assert "mapping.yml" not in err


def test_rows_of_people_who_did_not_come_are_told_and_left_out_by_what_is_told(send: Send) -> None:
    rows = [{"Order #": f"{n}", "Email": f"r{n}@example.com", "Order Date": send.ago(1), "Attendee Status": status}
            for n, status in enumerate(("Attending", "Not Attending", "Checked In"))]  # fmt: skip
    path = send.file("attendees.csv", as_csv(rows))
    _, out, _ = send(path, *RULE, *AGREED, "--yes", "--dry-run")
    told = "only: {column: Attendee Status, is: [Attending, Checked In]}"
    assert told in out
    answers = path.with_name("attendees.csv.mapping.yml")
    answers.write_text(answers.read_text() + told + "\n")
    assert send.counts(path) == {"delivered": 2, "skipped": 1}
    all_come = send.file("come.csv", as_csv([row | {"Attendee Status": "Attending"} for row in rows]))
    assert "go to the rule like all others" not in send(all_come, *RULE, *AGREED, "--yes", "--dry-run")[1]


@pytest.mark.parametrize("column", ["Email Opt Out", "Unsubscribed", "Consent withdrawn", "keine Werbung"])
def test_a_column_of_refusals_grants_nobody_unless_its_values_are_named(send: Send, column: str) -> None:
    rows = [{"id": f"{n}", "email": f"r{n}@example.com", "happened_at": send.ago(1), column: word}
            for n, word in enumerate(("Yes", "No", "No"))]  # fmt: skip
    path = send.file("leads.csv", as_csv(rows))
    code, _, err = send(path, *RULE, "--consent", column, "--yes")
    assert code == 2
    assert "reads like a no by its name" in err
    assert f'--consent "{column}=VALUE"' in err
    assert send.counts(path, *RULE, "--consent", f"{column}=No")["delivered"] == 2


def test_a_zone_that_contradicts_the_columns_own_is_told(send: Send) -> None:
    rows = [{"Email": "a@example.com", "Submit Date (UTC)": send.ago(1, "%Y-%m-%d %H:%M:%S")}]
    path = send.file("form.csv", as_csv(rows))
    asked = (path, *RULE, *AGREED, "--yes", "--dry-run", "--timezone")
    assert "are in UTC by what the file says, and are read in Europe/Berlin" in send(*asked, "Europe/Berlin")[1]
    assert "by what the file says" not in send(*asked, "UTC")[1]


def test_a_column_that_a_file_has_no_more_is_told_in_words_of_the_file(send: Send) -> None:
    path = send.file("leads.csv", send.leads(1, 2, Amount="5", Currency="EUR"))
    assert send.counts(path, "--rule", 101, *AGREED) == {"delivered": 2}
    send.file("leads.csv", send.leads(3, Amount="5", Curr="EUR"))
    code, _, err = send(path, "--yes")
    assert code == 2
    assert "leads.csv has no column 'Currency'; did you mean 'Curr'?" in err
    assert "schema" not in err
    assert send.counts(path, "--map", "currency=Curr") == {"delivered": 1}


def test_rows_of_deals_that_were_lost_are_told_before_they_go_to_the_rule(send: Send) -> None:
    deals = [
        {"id": f"{n}", "email": f"row.{n}@example.com", "happened_at": send.ago(n), "Étape": stage}
        for n, stage in ((1, "Gagnée"), (2, "Perdue"), (3, "Gagnée"))
    ]
    path = send.file("deals.csv", as_csv(deals, ";"))
    code, out, _ = send(path, *RULE, *AGREED, "--dry-run")
    assert code == 0
    (said,) = [line for line in out.splitlines() if "go to the rule like all others" in line]
    assert "rows whose 'Étape' says 'Perdue'" in said
    only = said.partition("deals.csv.mapping.yml: ")[2]
    answers = path.with_name("deals.csv.mapping.yml")
    answers.write_text(answers.read_text(encoding="utf-8") + only + "\n", encoding="utf-8")
    code, out, _ = send(path, "--yes")
    assert code == 0
    assert "go to the rule like all others" not in out
    assert len(send.received) == 2
    sure = send.file("won.csv", as_csv(deals[:1], ";"))
    assert "go to the rule like all others" not in send(sure, *RULE, *AGREED, "--dry-run")[1]


@pytest.mark.parametrize(
    ("column", "refused", "other", "by_line"),
    [
        ("Email Opt Out", "1", "0", 'only: {column: Email Opt Out, is: ["0"]}'),
        ("Do not allow Bulk Emails", "Do Not Allow", "Allow", "only: {column: Do not allow Bulk Emails, is: [Allow]}"),
        ("Unsubscribed", "2026-11-20 09:15", "", ""),
        ("Werbesperre Kontakt Widerspruch", "X", "", ""),
        ("Consent withdrawn", "Yes", "No", 'only: {column: Consent withdrawn, is: ["No"]}'),
    ],
)
def test_rows_of_people_who_refused_are_told_where_another_column_is_the_consent(
    send: Send, column: str, refused: str, other: str, by_line: str
) -> None:
    rows = [{"id": f"{n}", "email": f"r{n}@example.com", "happened_at": send.ago(1), "ads_consent": agreed, column: said}
            for n, (agreed, said) in enumerate((("yes", refused), ("yes", other), ("no", refused)))]  # fmt: skip
    path = send.file("leads.csv", as_csv(rows))
    flags = (*RULE, "--yes", "--dry-run", "--consent", "ads_consent=yes")
    (said,) = [line for line in send(path, *flags)[1].splitlines() if "go to the rule like all others" in line]
    assert f"rows whose '{column}' says '{refused}'" in said
    assert said.endswith(by_line or "take them out of the file")
    if by_line:
        answers = path.with_name("leads.csv.mapping.yml")
        answers.write_text(answers.read_text(encoding="utf-8") + by_line + "\n", encoding="utf-8")
        code, out, _ = send(path, "--yes")
        assert (code, len(send.received)) == (0, 1)
        assert "go to the rule like all others" not in out


def test_nothing_is_told_of_refusals_where_nobody_who_refused_would_be_sent(send: Send) -> None:
    rows = [{"id": f"{n}", "email": f"r{n}@example.com", "happened_at": send.ago(1), "ads_consent": agreed, "Email Opt Out": said}
            for n, (agreed, said) in enumerate((("yes", "No"), ("no", "Yes"), ("yes", "")))]  # fmt: skip
    path = send.file("leads.csv", as_csv(rows))
    flags = (*RULE, "--yes", "--dry-run", "--consent")
    assert "go to the rule like all others" not in send(path, *flags, "ads_consent=yes")[1]
    assert "go to the rule like all others" not in send(path, *flags, "Email Opt Out=No")[1]


def test_stages_and_marks_of_tests_are_both_told(send: Send) -> None:
    rows = [{"id": f"{n}", "email": f"r{n}@example.com", "happened_at": send.ago(1), "Status": status, "Mode": mode}
            for n, (status, mode) in enumerate((("Won", "Live"), ("Lost", "Live"), ("Won", "Test")))]  # fmt: skip
    path = send.file("charges.csv", as_csv(rows))
    told = [
        line for line in send(path, *RULE, *AGREED, "--yes", "--dry-run")[1].splitlines() if "like all others" in line
    ]
    assert ["'Status' says 'Lost'" in line for line in told] == [True, False]
    assert "only: {column: Mode, is: [Live]}" in told[1]


def test_an_answer_of_a_form_that_holds_a_comma_is_one_value(send: Send) -> None:
    answers = ("Yes", "Yes, of course", "No")
    rows = [
        {"id": str(number), "email": f"row.{number}@example.com", "happened_at": send.ago(1), "agreed": answer}
        for number, answer in enumerate(answers)
    ]
    path = send.file("leads.csv", as_csv(rows))
    assert send.counts(path, *RULE, "--consent", "agreed=Yes,Yes, of course") == {"delivered": 2, "skipped": 1}
    assert "Yes, of course" in path.with_name("leads.csv.mapping.yml").read_text()


def test_a_tick_is_proposed_as_a_yes(send: Send) -> None:
    rows = [{"id": "1", "email": "row.1@example.com", "happened_at": send.ago(1), "Einwilligung Werbung": "x"}]
    code, _, err = send(send.file("leads.csv", as_csv(rows)), *RULE, "--yes")
    assert code == 2
    assert '--consent "Einwilligung Werbung=x"' in err
