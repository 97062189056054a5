"""The bare loop: decode, three hashes, encode, post. No check, no ledger, no STATE."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from hashlib import sha256

import msgspec
import requests


class Record(msgspec.Struct):
    """The columns of a row."""

    order_id: int
    email: str
    li_fat_id: str
    first_name: str
    last_name: str
    company: str
    country: str
    value: float | str
    currency: str
    happened_at: int | str
    event_id: str = ""


class Message(msgspec.Struct):
    """A Singer message."""

    type: str
    record: Record | None = None


def milliseconds(at: int | str) -> int:
    """A time as epoch milliseconds; without a zone it is in UTC."""
    if isinstance(at, int):
        return at
    moment = datetime.fromisoformat(at)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def normalised_name(name: str) -> str:
    """A name as it is hashed."""
    lowered = name.lower()
    return lowered if lowered.isalpha() else "".join(c for c in lowered if c.isalnum())


def main(url: str, path: str) -> None:
    """Send every record of a file."""
    decode = msgspec.json.Decoder(Message).decode
    encode = msgspec.json.Encoder().encode
    session = requests.Session()
    batch: list[object] = []

    def send() -> None:
        body = encode({"elements": batch})
        session.post(url + "/rest/conversionEvents", data=body, headers={"X-RestLi-Method": "BATCH_CREATE"}, timeout=60)
        batch.clear()

    with open(path, "rb") as file:  # noqa: PTH123 - the bare loop
        for line in file:
            record = decode(line).record
            if record is None:
                continue
            ids = [
                {"idType": "SHA256_EMAIL", "idValue": sha256(record.email.strip().lower().encode()).hexdigest()},
                {"idType": "LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID", "idValue": record.li_fat_id},
            ]
            info = {
                "hashedFirstName": sha256(normalised_name(record.first_name).encode()).hexdigest(),
                "hashedLastName": sha256(normalised_name(record.last_name).encode()).hexdigest(),
                "companyName": record.company,
                "countryCode": record.country,
            }
            batch.append(
                {
                    "conversion": "urn:lla:llaPartnerConversion:101",
                    "conversionHappenedAt": milliseconds(record.happened_at),
                    "user": {"userIds": ids, "userInfo": info},
                    "conversionValue": {"currencyCode": record.currency, "amount": str(record.value)},
                    "eventId": record.event_id,
                }
            )
            if len(batch) == 5000:
                send()
    if batch:
        send()


if __name__ == "__main__":
    main(*sys.argv[1:])
