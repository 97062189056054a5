"""Where sources keep who consented, and what `--init` makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from target_linkedin_conversions.guessing.block import entry_lines
from target_linkedin_conversions.guessing.entry import guess_entry
from target_linkedin_conversions.guessing.negations import refuses_by_name
from target_linkedin_conversions.guessing.samples import Sampling

if TYPE_CHECKING:
    from target_linkedin_conversions.guessing.guess import Guess

PEOPLE = ("jane@acme.io", "max@firma.de", "sue@corp.fr", "li@widget.cn")


def guess_of(*consents: dict[str, Any]) -> Guess:
    """The guess of people who differ in their consents only; the first one agreed, the second one did not."""
    sampling = Sampling({})
    for number, address in enumerate(PEOPLE):
        row = {"id": number, "email": address, "converted_at": "2026-11-20T09:00:00Z"}
        sampling.see({**row, **consents[number % len(consents)]})
    return guess_entry(sampling.columns, stream="leads", key=["id"])


def consent_of(*consents: dict[str, Any]) -> dict[str, Any]:
    lines = entry_lines("leads", guess_of(*consents), records=4, key=["id"])
    consent: dict[str, Any] = yaml.safe_load("\n".join(lines))[0]["consent"]
    return consent


def listed(*names: str, **answers: str | bool) -> list[dict[str, Any]]:
    by, member = names
    return [{by: name, member: answer} for name, answer in answers.items()]


@pytest.mark.parametrize(
    ("yes", "no", "right"),
    [
        ({"consents": {"ads": True}}, {"consents": {"ads": False}}, {"column": "consents.ads"}),
        (
            {
                "marketing_permissions": [
                    {"marketing_permission_id": "1", "text": "Online advertising", "enabled": True}
                ]
            },
            {
                "marketing_permissions": [
                    {"marketing_permission_id": "1", "text": "Online advertising", "enabled": False}
                ]
            },
            {"column": "marketing_permissions[0].enabled"},
        ),
        (
            {"consent_version": "1", "consent_id": 1, "ads_consent": True},
            {"consent_version": "1", "consent_id": 1, "ads_consent": False},
            {"column": "ads_consent"},
        ),
        (
            {"marketing": {"consent": {"granted": True, "source": "web"}}},
            {"marketing": {"consent": {"granted": False, "source": "web"}}},
            {"column": "marketing.consent.granted"},
        ),
        (
            {"privacy": {"marketing": {"granted": True, "at": "2026-11-01T00:00:00Z"}}},
            {"privacy": {"marketing": {"granted": False, "at": "2026-11-01T00:00:00Z"}}},
            {"column": "privacy.marketing.granted"},
        ),
        (
            {"consent": {"purposes": {"advertising": {"status": "opt_in"}, "analytics": {"status": "opt_in"}}}},
            {"consent": {"purposes": {"advertising": {"status": "opt_out"}, "analytics": {"status": "opt_in"}}}},
            {"column": "consent.purposes.advertising.status", "granted": ["opt_in"]},
        ),
        (
            {"permissions": {"email": 1, "linkedin_ads": 1}},
            {"permissions": {"email": 1, "linkedin_ads": 0}},
            {"column": "permissions.linkedin_ads"},
        ),
        (
            {"Legal basis for processing contact's data": "Freely given consent from contact"},
            {"Legal basis for processing contact's data": "Legitimate interest - existing customer"},
            {
                "column": "Legal basis for processing contact's data",
                "granted": ["Freely given consent from contact"],
            },
        ),
        ({"gdpr": {"ads_allowed": "Y"}}, {"gdpr": {"ads_allowed": "N"}}, {"column": "gdpr.ads_allowed"}),
        ({"consent_json": '{"ads": true}'}, {"consent_json": '{"ads": false}'}, {"column": "consent_json.ads"}),
        (
            {"consents": listed("type", "granted", newsletter=True, ads=True)},
            {"consents": listed("type", "granted", newsletter=True, ads=False)},
            {"column": "consents[type=ads].granted"},
        ),
        (
            {"consents": listed("purpose", "status", analytics="granted", marketing="granted")},
            {"consents": listed("purpose", "status", analytics="granted", marketing="denied")},
            {"column": "consents[purpose=marketing].status", "granted": ["granted"]},
        ),
        (
            {"consents": listed("name", "value", marketing="yes")},
            {"consents": listed("name", "value", marketing="no")},
            {"column": "consents[name=marketing].value"},
        ),
        (
            {"OptanonConsent": ",C0001,C0004,"},
            {"OptanonConsent": ",C0001,"},
            {"column": "OptanonConsent", "contains": "C0004"},
        ),
        (
            {"consent_groups": "C0001:1,C0004:1"},
            {"consent_groups": "C0001:1,C0004:0"},
            {"column": "consent_groups", "contains": "C0004"},
        ),
        ({"agreements": ["ads", "terms"]}, {"agreements": ["terms"]}, {"column": "agreements", "contains": "ads"}),
        (
            {"communication_preferences": {"advertising": True, "news": True}},
            {"communication_preferences": {"advertising": False, "news": True}},
            {"column": "communication_preferences.advertising"},
        ),
        (
            {"optIns": {"ads": {"value": "true"}}},
            {"optIns": {"ads": {"value": "false"}}},
            {"column": "optIns.ads.value"},
        ),
        (
            {"i agree to receive personalised advertising": "Yes"},
            {"i agree to receive personalised advertising": "No"},
            {"column": "i agree to receive personalised advertising"},
        ),
        (
            {"Werbeeinwilligung": "ja", "Newsletter": "ja"},
            {"Werbeeinwilligung": "nein", "Newsletter": "ja"},
            {"column": "Werbeeinwilligung", "granted": ["ja"]},
        ),
        (
            {
                "email_marketing_consent": {"state": "subscribed", "opt_in_level": "single_opt_in"},
                "accepts_marketing": None,
            },
            {"email_marketing_consent": {"state": "not_subscribed", "opt_in_level": "single_opt_in"}},
            {"column": "email_marketing_consent.state", "granted": ["subscribed"]},
        ),
    ],
)
def test_a_consent_is_found_wherever_it_is_kept(yes: dict[str, Any], no: dict[str, Any], right: dict[str, Any]) -> None:
    assert consent_of(yes, no) == right


@pytest.mark.parametrize(
    "told",
    [
        {"subscriptions": {"email": {"marketing": {"can_receive_email_marketing": True}}}},
        {"consent": {"analytics": True, "functional": True}},
        {"privacy": {"terms_accepted": True}},
        {"consent": {"updated_at": "2026-11-01T00:00:00Z", "source": "web"}},
        {"marketing": {"budget": 1, "status": "active"}},
        {"preferences": {"language": "en", "dark_mode": True}},
        {"agreements": ["terms", "privacy"]},
        {"permissions": [{"type": "analytics", "granted": True}]},
    ],
)
def test_what_says_something_else_is_no_consent(told: dict[str, Any]) -> None:
    assert "nobody" in str(consent_of(told)["granted"])


def test_when_somebody_consented_is_not_when_somebody_converted() -> None:
    guess = guess_of({"consent": {"ads": True, "timestamp": "2026-11-01T00:00:00Z"}})
    assert guess.fields["happened_at"].columns == ("converted_at",)


@pytest.mark.parametrize(
    "name", ["consent_version", "ads_consent_id", "gdpr_revision", "marketing_consent_source", "optin_text"]
)
def test_what_is_known_of_a_consent_beside_its_answer_is_none(name: str) -> None:
    assert guess_of({name: "1"}, {name: "1"}).consent == ()


def test_of_campaign_members_only_those_who_responded_count() -> None:
    sampling = Sampling({})
    for number, responded in enumerate((True, False, True)):
        row = {
            "Id": f"00v{number}",
            "Email": PEOPLE[number],
            "HasResponded": responded,
            "FirstRespondedDate": "2026-11-20",
        }
        sampling.see(row)
    guess = guess_entry(sampling.columns, stream="CampaignMember", key=["Id"])
    assert guess.only is not None
    assert (guess.only.column, guess.only.value) == ("HasResponded", True)


def test_of_attendees_those_who_come_or_came_count() -> None:
    sampling = Sampling({})
    for number, address in enumerate(PEOPLE):
        row = {"id": str(number), "email": address, "created": "2026-11-20T09:00:00Z"}
        sampling.see({**row, "status": ("Attending", "Not Attending", "Checked In", "Attending")[number]})
    guess = guess_entry(sampling.columns, stream="attendees", key=["id"])
    lines = "\n".join(entry_lines("attendees", guess, records=4, key=["id"]))
    assert yaml.safe_load(lines)[0]["only"] == {"column": "status", "is": ["Attending", "Checked In"]}


@pytest.mark.parametrize(
    "question", ["Can we use your data for advertising?", "May we show you ads?", "Dürfen wir Ihnen Werbung zeigen?"]
)
def test_a_question_whether_advertisements_are_allowed_is_a_consent(question: str) -> None:
    assert consent_of({question: "Yes"}, {question: "No"}) == {"column": question}


@pytest.mark.parametrize(
    "question", ["Can we contact you?", "May we stop sending you marketing?", "can_receive_marketing"]
)
def test_a_question_for_something_else_is_none(question: str) -> None:
    assert [one for one in guess_of({question: "Yes"}, {question: "No"}).consent if not one.is_refusal] == []


@pytest.mark.parametrize(
    ("box", "yes"),
    [
        ("Ich stimme zu", "Ja"),
        ("I agree", "Yes"),
        ("J'accepte", "Oui"),
        ("Ik ga akkoord", "Ja"),
        ("Einverstanden", "ja"),
        ("広告配信に同意する", "はい"),
    ],
)
def test_a_box_that_says_that_somebody_agreed_is_a_consent_to_be_looked_at(box: str, yes: str) -> None:
    (found,) = guess_of({box: yes}, {box: "No"}).consent
    assert found.column == box
    assert "make sure that it covers ads" in found.reason
    assert guess_of({f"{box} Terms": "x1"}, {f"{box} Terms": "x2"}).consent == ()


def test_a_column_that_names_the_consent_goes_before_one_that_is_only_about_marketing() -> None:
    guess = guess_of(
        {"Marketing status": "subscribed", "Ads consent": "Yes"},
        {"Marketing status": "unsubscribed", "Ads consent": "No"},
    )
    assert [one.column for one in guess.consent] == ["Ads consent", "Marketing status"]


def test_of_bookings_those_that_were_cancelled_do_not_count() -> None:
    sampling = Sampling({})
    for number, address in enumerate(PEOPLE):
        row = {"uri": str(number), "email": address, "created_at": "2026-11-20T09:00:00Z"}
        sampling.see({**row, "status": ("active", "canceled")[number % 2]})
    guess = guess_entry(sampling.columns, stream="invitees", key=["uri"])
    assert guess.only is not None
    assert (guess.only.column, guess.only.value) == ("status", "active")
    lines = "\n".join(entry_lines("invitees", guess, records=4, key=["uri"]))
    assert yaml.safe_load(lines)[0]["only"] == {"column": "status", "is": ["active"]}


def test_the_words_that_dynamics_writes_beside_its_codes_choose_the_rule() -> None:
    status = "statuscode@OData.Community.Display.V1.FormattedValue"
    sampling = Sampling({})
    for number, address in enumerate(PEOPLE):
        row = {
            "opportunityid": str(number),
            "emailaddress": address,
            "actualclosedate": "2026-11-20",
            "statuscode": number % 2,
        }
        sampling.see({**row, status: ("Won", "In Progress")[number % 2], "actualvalue": 5000.5 + number})
    guess = guess_entry(sampling.columns, stream="opportunities", key=["opportunityid"])
    assert guess.rules[0].column == status
    assert [stage.value for stage in guess.rules[0].stages if stage.is_conversion] == ["Won"]
    assert guess.perhaps["value"].columns == ("actualvalue",)


def test_when_an_opportunity_was_really_closed_comes_before_when_it_was_made() -> None:
    sampling = Sampling({})
    for number, address in enumerate(PEOPLE):
        closed = {"actualclosedate": "2026-11-20", "createdon": "2026-10-01T09:00:00Z"}
        sampling.see({"opportunityid": str(number), "emailaddress": address, **closed})
    guess = guess_entry(sampling.columns, stream="opportunities", key=["opportunityid"])
    assert guess.fields["happened_at"].columns[0] == "actualclosedate"


NO_BY_NAME = """
    Consent withdrawn|consent_revoked|marketing_consent_revoked|No consent|nonconsent|Without consent|Not consented to marketing
    Declined marketing consent|Opt-in refused|Opt in pending|Consent required|Consent expired|is_not_marketing_allowed
    Marketing disallowed|ads personalization disabled|I do not agree to marketing|Doesn't agree to marketing|GDPR delete requested
    keine Einwilligung|Einwilligung widerrufen|Einwilligung zurückgezogen|Zustimmung verweigert|Opt-In-Widerruf|DSGVO gesperrt
    Ich stimme der Werbung nicht zu|Sans consentement|Consentement retiré|No acepta marketing|Sin consentimiento|Senza consenso
    Geen toestemming|Toestemming ingetrokken|Zgoda wycofana|нет согласия|同意なし|不同意
"""


@pytest.mark.parametrize(
    "name", [name.strip() for line in NO_BY_NAME.split("\n") for name in line.split("|") if name.strip()]
)
def test_a_yes_in_a_column_that_says_no_by_its_name_is_no_consent(name: str) -> None:
    consents = guess_of({name: "yes"}, {name: "no"}).consent
    assert [one.column for one in consents if not one.is_refusal] == []


@pytest.mark.parametrize(
    "name",
    ["Consent (Yes/No)", "Marketing consent y/n", "Einwilligung (ja/nein)", "Consentement (oui/non)", "Opt in/out"],
)
def test_a_name_that_lists_both_answers_says_neither(name: str) -> None:
    assert not refuses_by_name(name)
    assert [one for one in guess_of({name: "yes"}, {name: "no"}).consent if one.is_refusal] == []


@pytest.mark.parametrize(
    ("no", "yes"),
    [
        ("no marketing", "ads"),
        ("kein Marketing", "Marketing"),
        ("analytics,no_ads", "analytics,ads"),
        ("unsubscribe marketing", "marketing"),
        ("Werbung abgelehnt", "Werbung erlaubt"),
        ("refused ads", "accepts ads"),
        ("sans publicité", "publicité"),
        ("!marketing", "marketing"),
        ("-ads", "+ads"),
        ("marketing: declined", "marketing: granted"),
        ("ads off", "ads on"),
    ],
)
def test_what_says_no_in_a_list_is_not_what_grants(no: str, yes: str) -> None:
    (guess,) = guess_of({"consents": yes}, {"consents": no}).consent
    assert guess.contains == (yes.rpartition(",")[2],)


def test_an_answer_behind_what_it_is_about_is_read_by_its_name() -> None:
    assert consent_of({"consents": "marketing:1"}, {"consents": "marketing:0"})["contains"] == "marketing"


def test_a_column_of_refusals_beside_the_consent_is_named() -> None:
    guess = guess_of({"consent": "yes", "consent_withdrawn": "no"}, {"consent": "no", "consent_withdrawn": "yes"})
    text = "\n".join(entry_lines("leads", guess, records=4, key=["id"]))
    assert yaml.safe_load(text)[0]["consent"] == {"column": "consent"}
    assert "# check: consent_withdrawn reads by its name like who did not agree" in text
