from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.alerts.receivers import MailServer, WebHook

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def hook() -> Iterator[WebHook]:
    found = WebHook()
    yield found
    found.close()


@pytest.fixture
def mail() -> Iterator[MailServer]:
    found = MailServer()
    yield found
    found.close()
