"""Hundreds of ad accounts, a mapped task each; one pool a token, so that what waits for its quota holds no worker.

SETTINGS holds what all accounts share, one ledger_url too. ACCOUNTS lists what differs:
[{"account_id": 512345678, "conversion_rule": 104, "stream": "leads", "rows": "/data/acme/leads.jsonl"}, …]
"""

import json
from datetime import datetime
from pathlib import Path

from airflow.sdk import dag, task

SETTINGS = "/etc/conversions/config.json"
ACCOUNTS = "/etc/conversions/accounts.json"
STATE = "/var/lib/conversions"


@dag(schedule="@hourly", start_date=datetime(2026, 1, 1), catchup=False, max_active_runs=1)  # noqa: DTZ001 - Airflow's own zone
def linkedin_conversions():
    """Read the list of accounts when the run begins, then deliver each by itself."""

    @task
    def accounts():
        return json.loads(Path(ACCOUNTS).read_text())

    @task(pool="linkedin_token", max_active_tis_per_dag=8, retries=2)
    def deliver_account(account):
        # Imported here: the scheduler reads this file every few seconds.
        from airflow.sdk.exceptions import AirflowFailException

        from target_linkedin_conversions import deliver
        from target_linkedin_conversions.errors import OperatorError

        settings = json.loads(Path(SETTINGS).read_text()) | {
            "account_id": account["account_id"],
            "conversion_rule": account["conversion_rule"],
            "state_dir": f"{STATE}/{account['account_id']}",
        }
        try:
            with Path(account["rows"]).open() as lines:
                receipt = deliver(map(json.loads, lines), settings, stream=account["stream"], key=["id"])
            return receipt.raise_for_status().counts
        except OperatorError as error:  # a person must act: trying again would change nothing
            raise AirflowFailException(str(error)) from None

    deliver_account.expand(account=accounts())


linkedin_conversions()
