"""`/rest/conversions`: find, read, make and change conversion rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from target_linkedin_conversions.sandbox import refusals
from target_linkedin_conversions.sandbox.call import Answer, Call, json_answer
from target_linkedin_conversions.sandbox.event import decode_any
from target_linkedin_conversions.sandbox.restli import Value, parameters, whole_number
from target_linkedin_conversions.sandbox.rule_schema import (
    change_errors,
    new_rule_errors,
    rule_error,
)
from target_linkedin_conversions.sandbox.rules import DEFAULT_CAMPAIGN, Rule, RuleBook

if TYPE_CHECKING:
    from target_linkedin_conversions.sandbox.settings import SandboxSettings
    from target_linkedin_conversions.sandbox.tokens import Token

__all__ = ["Conversions"]

RESOURCE = "conversions"
PAGE_SIZE = 10
MOST_NEW_RULES = 100
_ASSOCIATIONS = frozenset({"ALL_CAMPAIGNS", "OBJECTIVE_BASED"})


class Conversions:
    """The rules endpoint over one rule book."""

    def __init__(self, rules: RuleBook) -> None:
        self._rules = rules

    def answer(self, call: Call, token: Token, settings: SandboxSettings) -> Answer:
        """Answer one request.

        Raises:
            BadSyntaxError: the query is not Rest.li's.

        """
        key = call.path.removeprefix(f"/rest/{RESOURCE}").strip("/")
        query = parameters(call)
        account = query.get("account")
        if isinstance(account, str) and not token.sees(account):
            return refusals.no_account()
        if call.method == "GET":
            return self._read(key, query, account, settings)
        if call.method != "POST":
            return refusals.not_supported(call.method, RESOURCE)
        return self._write(call, key, query, token)

    def _write(self, call: Call, key: str, query: dict[str, Value], token: Token) -> Answer:
        try:
            body = decode_any(call.body)
        except msgspec.DecodeError:
            return refusals.unparsable()
        match call.restli_method or ("PARTIAL_UPDATE" if key else "CREATE"):
            case "PARTIAL_UPDATE" if key:
                return self._change(key, query.get("account"), body, call)
            case "BATCH_CREATE" if not key:
                return self._create_all(body, query, call, token)
            case "CREATE" if not key:
                return self._create(body, query, call, token)
            case other:
                return refusals.not_supported(other, RESOURCE)

    def _read(self, key: str, query: dict[str, Value], account: Value | None, settings: SandboxSettings) -> Answer:
        if not isinstance(account, str):
            return refusals.plain(400, "Parameter 'account' is required")
        wanted = query.get("fields")
        fields = wanted.split(",") if isinstance(wanted, str) and wanted else None
        if key:
            rule = self._visible(key, account)
            if rule is None:
                return refusals.plain(404, f"Conversion {key} was not found")
            return json_answer(200, shown(rule, fields))
        if "ids" in query:
            return self._read_many(query["ids"], account, fields)
        if query.get("q") != "account":
            return refusals.plain(400, f"Finder {query.get('q')!r} is not known to conversions")
        return self._find(query, account, fields, total_unknown=settings.total_unknown)

    def _find(
        self,
        query: dict[str, Value],
        account: str,
        fields: list[str] | None,
        *,
        total_unknown: bool,
    ) -> Answer:
        start, count = whole_number(query.get("start"), 0), whole_number(query.get("count"), PAGE_SIZE)
        if start is None or count is None:
            return refusals.plain(400, "start and count should be whole numbers")
        rules = [rule for rule in self._rules.by_id.values() if rule.account == account]
        page = rules[start : start + count]
        paging = {
            "start": start,
            "count": count,
            "links": [],
            "total": -1 if total_unknown else len(rules),
        }
        return json_answer(200, {"elements": [shown(rule, fields) for rule in page], "paging": paging})

    def _read_many(self, ids: Value, account: str, fields: list[str] | None) -> Answer:
        if not isinstance(ids, list) or not all(isinstance(key, str) for key in ids):
            return refusals.plain(400, "ids should be List(...) under protocol version 2.0.0")
        keys = [key for key in ids if isinstance(key, str)]
        rules = {key: self._visible(key, account) for key in keys}
        return json_answer(
            200,
            {
                "results": {key: shown(rule, fields) for key, rule in rules.items() if rule},
                "statuses": {key: 200 if rule else 404 for key, rule in rules.items()},
                "errors": {
                    key: {"status": 404, "message": f"Conversion {key} was not found"}
                    for key, rule in rules.items()
                    if rule is None
                },
            },
        )

    def _visible(self, key: str, account: str) -> Rule | None:
        rule = self._rules.by_id.get(int(key)) if key.isdecimal() else None
        return rule if rule is not None and rule.account == account else None

    def _create(self, content: object, query: dict[str, Value], call: Call, token: Token) -> Answer:
        errors = new_rule_errors(content, call.version)
        if errors or not isinstance(content, dict):
            return refusals.plain(422, errors)
        if not token.sees(content["account"]):
            return refusals.no_account()
        error = rule_error(content)
        if error:
            return refusals.plain(400, error)
        if str(query.get("autoAssociationType", "ALL_CAMPAIGNS")) not in _ASSOCIATIONS:
            return refusals.plain(400, f"autoAssociationType should be one of {sorted(_ASSOCIATIONS)}")
        associated = "autoAssociationType" in query and not content.get("campaigns")
        campaigns = [DEFAULT_CAMPAIGN] if associated else content.get("campaigns", [])
        rule = msgspec.convert(
            {
                **content,
                "id": self._rules.next_id(),
                "campaigns": campaigns,
                "created": call.at,
                "lastModified": call.at,
            },
            Rule,
        )
        self._rules.put(rule)
        headers = (("Location", f"/{RESOURCE}/{rule.id}"), ("x-restli-id", str(rule.id)))
        return json_answer(201, shown(rule), headers=headers)

    def _create_all(self, body: object, query: dict[str, Value], call: Call, token: Token) -> Answer:
        contents = body.get("elements") if isinstance(body, dict) else None
        if not isinstance(contents, list):
            return refusals.unparsable()
        if len(contents) > MOST_NEW_RULES:
            return refusals.too_many(len(contents), MOST_NEW_RULES)
        elements = []
        for content in contents:
            answer = self._create(content, query, call, token)
            made = decode_any(answer.body)
            outcome = {"id": str(made["id"])} if answer.status == 201 else {"error": made}  # noqa: PLR2004
            elements.append({"status": answer.status, **outcome})
        return json_answer(200, {"elements": elements})

    def _change(self, key: str, account: Value | None, body: object, call: Call) -> Answer:
        if not isinstance(account, str):
            return refusals.plain(400, "Parameter 'account' is required")
        rule = self._visible(key, account)
        if rule is None:
            return refusals.plain(404, f"Conversion {key} was not found")
        patch = body.get("patch") if isinstance(body, dict) else None
        change = patch.get("$set") if isinstance(patch, dict) else None
        if change is None:
            return refusals.plain(400, "The body should be a patch with $set")
        errors = change_errors(change, call.version)
        if errors:
            return refusals.plain(422, errors)
        after = {**msgspec.to_builtins(rule), **change, "lastModified": call.at}
        error = rule_error(after)
        if error:
            return refusals.plain(400, error)
        self._rules.put(msgspec.convert(after, Rule))
        return Answer(204)


def shown(rule: Rule, fields: list[str] | None = None) -> dict[str, Any]:
    """A rule as LinkedIn shows it, or only some of its fields; what is not set is left out."""
    content: dict[str, Any] = {
        **{name: value for name, value in msgspec.to_builtins(rule).items() if value is not None},
        "associatedCampaigns": [
            {"campaign": urn, "conversion": rule.urn, "associatedAt": rule.last_modified} for urn in rule.campaigns
        ],
        "urlRules": [],
    }
    return content if fields is None else {n: v for n, v in content.items() if n in fields}
