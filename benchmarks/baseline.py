"""A plain `BatchSink` as the SDK's documentation shows it, doing the same work."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, ClassVar

import requests
from singer_sdk import Target
from singer_sdk.sinks import BatchSink


def milliseconds(at: int | str) -> int:
    """A time as epoch milliseconds; without a zone it is in UTC."""
    if isinstance(at, int):
        return at
    moment = datetime.fromisoformat(at)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def normalised_name(name: str) -> str:
    """A name as it is hashed."""
    return "".join(c for c in name.lower() if c.isalnum())


class PlainSink(BatchSink):
    """Maps and hashes each record, posts each batch."""

    max_size = 5000

    def process_record(self, record: dict[str, Any], context: dict[str, Any]) -> None:
        """Map one record."""
        ids = [
            {"idType": "SHA256_EMAIL", "idValue": sha256(record["email"].strip().lower().encode()).hexdigest()},
            {"idType": "LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID", "idValue": record["li_fat_id"]},
        ]
        info = {
            "hashedFirstName": sha256(normalised_name(record["first_name"]).encode()).hexdigest(),
            "hashedLastName": sha256(normalised_name(record["last_name"]).encode()).hexdigest(),
            "companyName": record["company"],
            "countryCode": record["country"],
        }
        context.setdefault("records", []).append(
            {
                "conversion": "urn:lla:llaPartnerConversion:101",
                "conversionHappenedAt": milliseconds(record["happened_at"]),
                "user": {"userIds": ids, "userInfo": info},
                "conversionValue": {"currencyCode": record["currency"], "amount": str(record["value"])},
                "eventId": record.get("event_id", ""),
            }
        )

    def process_batch(self, context: dict[str, Any]) -> None:
        """Post one batch."""
        url = str(self.config["url"]) + "/rest/conversionEvents"
        body = {"elements": context["records"]}
        requests.post(url, json=body, headers={"X-RestLi-Method": "BATCH_CREATE"}, timeout=60)


class PlainTarget(Target):
    """The target around it."""

    name = "target-plain"
    config_jsonschema: ClassVar[dict[str, Any]] = {"properties": {"url": {"type": "string"}}}
    default_sink_class = PlainSink


if __name__ == "__main__":
    config = {"url": sys.argv[1], **json.loads(sys.argv[3] if len(sys.argv) > 3 else "{}")}
    target = PlainTarget(config=config)
    with open(sys.argv[2]) as file:  # noqa: PTH123 - as the SDK's own `--input` opens it
        target.listen(file)
