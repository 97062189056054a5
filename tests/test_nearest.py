"""A slip names what was meant, and a name of something else names nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_linkedin_conversions.nearest import A_LITTLE_ALIKE, nearest, nearest_few, nearest_key
from target_linkedin_conversions.settings import SETTINGS
from target_linkedin_conversions.settings.entry_fields import FIELDS
from target_linkedin_conversions.settings.entry_keys import KEY_NAMES

NAMES = tuple(setting.name for setting in SETTINGS)
SLIPS = {
    "access_token": "acess_token accesstoken AccessToken access-token access_tokens acces_token",
    "conversion_rule": "conversion_rules conversionRule convertion_rule conversion-rule",
    "batch_size_rows": "batch_size batchSize batch_sise_rows batch-size-rows batchsizerows",
    "requests_per_minute": "request_per_minute requests_minute requests_per_min requestsPerMinute",
    "max_reject_ratio": "reject_ratio max_rejects_ratio maxRejectRatio max_rejected_ratio",
    "on_in_doubt": "in_doubt on_doubt onInDoubt on-in-doubt",
    "state_dir": "stat_dir statedir state-dir stateDir state_dirs",
    "account_id": "account accounts account_ids accountId ad_account_id",
    "exclude_email_domains": "exclude_domains excluded_email_domains email_domains",
    "keep_rejected_rows": "keep_rejected keep_rejected_row keepRejectedRows",
    "ledger_url": "ledger ledgerurl ledger_uri ledgerUrl",
    "streams": "stream Streams steams",
    "suppress": "suppressed supress",
    "quota_key": "quota quota_keys",
    "api_url": "apiurl api-url apis_url",
    "client_secret": "clientSecret client_secrets clientsecret",
    "dry_run": "dryrun dryRun dry-run dry_runs",
    "consent": "consents",
}
OTHERS = {
    "spark": (
        "compression header mode format path table dbtable user password driver host port database partitions url lines "
        "numPartitions mergeSchema overwrite truncate isolationLevel fetchsize delimiter sep encoding escape nullValue "
        "dateFormat timestampFormat catalog warehouse checkpoint trigger charset x"
    ),
    "loaders": (
        "region bucket credentials project dataset location labels priority retries log_level verbose debug proxy threads "
        "workers chunk_size temp_dir staging_area include_schema partition_by cluster_by ssl_enable stop_on_error "
        "error_handling lookback_days start_date end_date user_agent base_url endpoint"
    ),
    "advertising": "pixel_id advertiser_id campaign_id customer_id developer_token event_name event_source",
}


@pytest.mark.parametrize("meant", SLIPS)
def test_a_slip_names_what_was_meant(meant: str) -> None:
    assert {written: nearest_key(written, NAMES) for written in SLIPS[meant].split()} == dict.fromkeys(
        SLIPS[meant].split(), meant
    )


@pytest.mark.parametrize("whose", OTHERS)
def test_a_name_of_something_else_names_none(whose: str) -> None:
    others = OTHERS[whose].split()
    assert {other: nearest_key(other, NAMES) for other in others} == dict.fromkeys(others)


@given(st.sampled_from((*NAMES, *FIELDS, *KEY_NAMES)), st.data())
def test_two_letters_in_the_wrong_order_or_one_twice_are_a_slip(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name) - 2))
    known = tuple(dict.fromkeys((*NAMES, *FIELDS, *KEY_NAMES)))
    for written in (name[: at + 1] + name[at:], name[:at] + name[at + 1] + name[at] + name[at + 2 :]):
        if len(name) > len("lead") and written not in known:
            assert nearest_key(written, known) is not None


@given(st.text(max_size=20), st.lists(st.text(max_size=20), max_size=5))
def test_whatever_is_written_the_nearest_is_one_of_the_known(name: str, known: list[str]) -> None:
    assert nearest_key(name, known) in {None, *known}


@given(st.lists(st.text("abcdef", min_size=3, max_size=8), min_size=1, max_size=5, unique=True), st.data())
def test_case_and_separators_never_hide_which_was_meant(known: list[str], data: st.DataObject) -> None:
    meant = data.draw(st.sampled_from(known))
    written = data.draw(
        st.sampled_from([meant.upper(), f"{meant[:2]}-{meant[2:]}", f"{meant[:1]} {meant[1:].upper()}"])
    )
    assert nearest(written, known) == nearest_few(written, known, 3)[0] == nearest_key(written, known) == meant


@pytest.mark.parametrize("written", ["", "qqqq", "1" * 300])
def test_what_is_like_none_of_them_names_none(written: str) -> None:
    assert nearest(written, NAMES, alike=A_LITTLE_ALIKE) is None
    assert nearest_few(written, NAMES, 3) == []
