"""A stand-in for curl where there is none: the three options that the guide's examples use."""

from __future__ import annotations

import argparse
import sys

import requests


def main() -> int:
    """Send one request; print the answer, or fail as `curl --fail` does."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("-X", dest="method")
    parser.add_argument("-H", dest="headers", action="append", default=[])
    parser.add_argument("-d", dest="data")
    asked = parser.parse_args()
    method = asked.method or ("GET" if asked.data is None else "POST")
    headers = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in asked.headers)}
    with requests.Session() as session:
        session.trust_env = False
        answer = session.request(
            method, asked.url, headers=headers, data=asked.data and asked.data.encode(), timeout=10
        )
    sys.stdout.write(answer.text)
    return 0 if answer.ok else 22


if __name__ == "__main__":
    sys.exit(main())
