"""Names that people write instead of ours, where the nearest spelling would suggest a wrong one, each with its mend."""

from __future__ import annotations

__all__ = [
    "CASE_KEYS",
    "CONSENT_KEYS",
    "ENTRY_NAMES",
    "FIELD_NAMES",
    "ONLY_KEYS",
    "OTHER_SETTING_NAMES",
    "RULE_KEYS",
    "SETTING_NAMES",
    "SPARK_NAMES",
]


def _meant(**names: str) -> dict[str, str]:
    """A table from each of these names, separated by white space, to ours."""
    return {other: f"did you mean {ours!r}?" for ours, others in names.items() for other in others.split()}


_FILTER = "to leave all its records out, remove the entry; to leave some out, write only: {column: COLUMN, is: [VALUE]}"
_IN_MELTANO = "it is no setting of this target: write it one level higher in meltano.yml, beside plugins"

ENTRY_NAMES = {
    **_meant(
        stream="table streamname tapstreamid",
        fields="mapping mappings map columns properties attributes",
        timezone="tz zone",
        key="keyproperties primarykey primarykeys uniquekey uniquekeys keys",
        minor_units="cents incents minor",
        thousands="thousandsseparator groupseparator",
        decimal_comma="decimalseparator decimalmark",
        deleted="softdelete isdeleted deletedat",
        consent="optin gdpr",
        once_per="deduplicate dedupe dedup unique",
    ),
    **dict.fromkeys(("enabled", "disabled", "active", "ignore", "exclude"), _FILTER),
    **dict.fromkeys(
        ("hash", "hashed", "hashing", "normalize", "normalise"),
        "remove it: plain columns are normalised and hashed before they leave",
    ),
    **dict.fromkeys(
        ("ruleid", "conversionruleid", "conversionid"), "did you mean 'conversion_rule'? It holds the rule's id"
    ),
}
FIELD_NAMES = {
    **_meant(
        email="mail emails emailaddress useremail contactemail hashedemail sha256email emailsha256",
        li_fat_id="clickid linkedinclickid fatid",
        first_name="givenname vorname",
        last_name="surname familyname nachname",
        full_name="name contactname",
        company="companyname organization organisation account employer",
        title="jobtitle position role",
        country="countrycode",
        happened_at="timestamp time date datetime conversiontime eventtime conversionhappenedat occurredat convertedat createdat",
        value="amount revenue price total conversionvalue dealvalue",
        currency="currencycode",
        external_id="userid customerid contactid externalids",
        lead="leadid leadgenformresponse",
        ip_address="ip",
    ),
    **dict.fromkeys(("phone", "phonenumber", "mobile"), "remove it: LinkedIn's Conversions API takes no phone number"),
    **dict.fromkeys(
        ("city", "state", "region", "street", "address", "zip", "zipcode", "postalcode"),
        "remove it: of an address LinkedIn's Conversions API takes the country alone",
    ),
    **dict.fromkeys(
        ("gclid", "fbclid", "msclkid", "gbraid", "wbraid", "fbp", "fbc"),
        "remove it: LinkedIn knows its own click id alone, li_fat_id",
    ),
    **dict.fromkeys(
        ("useragent", "gender", "birthday", "dateofbirth", "dob", "pageurl", "eventname", "eventtype"),
        "remove it: LinkedIn's Conversions API takes no such field",
    ),
}
CONSENT_KEYS = {
    **_meant(
        granted="value values equals is when yes allowed accepted grantedvalues",
        column="field name path",
        contains="in includes has",
        not_required="notneeded reason why",
    ),
    **dict.fromkeys(
        ("denied", "refused", "no", "not", "excluded", "withdrawn"),
        "name the values that grant it, not those that refuse it: granted: [VALUE]",
    ),
}
CASE_KEYS = _meant(
    when="value values is equals if stage case", rule="then rules ruleid conversionrule id to", skip="ignore"
)
RULE_KEYS = _meant(rules="cases mapping map when values", otherwise="default else fallback", column="field")
ONLY_KEYS = _meant(**{"is": "value values equals in when granted", "column": "field"})
OTHER_SETTING_NAMES = {
    **_meant(
        conversion_rule="rule ruleid conversionruleid",
        linkedin_version="version apiversion",
        streams="mapping mappings tables streamconfig streamconfigs conversions events",
        not_before="startdate since",
        batch_size_rows="batchsize batchsizerows maxbatchsize",
        dry_run="test testmode sandbox",
        state_dir="statedirectory statepath statefolder",
        state_interval_seconds="stateinterval",
        max_concurrent_requests="concurrency parallelism maxparallelrequests",
        retry_for_seconds="retries maxretries retry timeout",
    ),
    **dict.fromkeys(("token", "apikey", "bearertoken", "accesskey"), "did you mean 'access_token'?"),
}
SPARK_NAMES = {
    **OTHER_SETTING_NAMES,
    **_meant(
        key="keyproperties primarykey primarykeys id",
        stream="table streamname tablename dbtable",
        config="configfile configpath settingsfile",
        checkpointLocation="checkpoint checkpointdir checkpointpath",
    ),
}
SETTING_NAMES = {
    **OTHER_SETTING_NAMES,
    **dict.fromkeys(
        ("select", "catalog", "replicationmethod"), "it belongs to the tap: write it under its extractor in meltano.yml"
    ),
    **dict.fromkeys(
        ("env", "settings", "commands", "pipurl", "variant", "namespace", "executable", "capabilities", "inheritfrom"),
        "it is no setting of this target: write it one level higher in meltano.yml, beside config",
    ),
    "plugins": "a config file holds what stands under `config` of this target in meltano.yml, and nothing around it",
    **dict.fromkeys(("environments", "schedules", "jobs", "loaders", "extractors"), _IN_MELTANO),
}
