"""A token that nobody has written like this is named before LinkedIn sees it, and never shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.settings import Secret

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_linkedin_conversions.settings import Settings

CANARY = "AQXcanary7f3a"
REFRESH = {"client_id": "app", "client_secret": "hidden", "refresh_token": "again"}
TOKENS = ("access_token", "refresh_token", "client_secret")

# What was written, and words of the problem or the mend.
FLAWS: dict[str, tuple[str, str]] = {
    "ellipsis": (f"{CANARY}…", "cut off"),
    "ellipsis_inside": (f"AQX…{CANARY}", "cut off"),
    "three_dots": (f"{CANARY}...", "cut off"),
    "masked": (f"{CANARY}****", "masked"),
    "bullets": (f"{CANARY}••••", "masked"),
    "zero_width_space": (f"{CANARY}\u200b", "not seen"),
    "byte_order_mark": (f"\ufeff{CANARY}", "not seen"),
    "soft_hyphen": (f"AQX\u00ad{CANARY}", "not seen"),
    "word_joiner": (f"AQX\u2060{CANARY}", "not seen"),
    "plain_quotes": (f'"{CANARY}"', "quotes"),
    "single_quotes": (f"'{CANARY}'", "quotes"),
    "typographic_quotes": (f"“{CANARY}”", "quotes"),
    "german_quotes": (f"„{CANARY}“", "quotes"),
    "guillemets": (f"«{CANARY}»", "quotes"),
    "backticks": (f"`{CANARY}`", "quotes"),
    "one_quote": (f'{CANARY}"', "quotes"),
    "variable": ("$LI_CANARY", "placeholder"),
    "variable_in_braces": ("${LI_CANARY}", "placeholder"),
    "windows_variable": ("%LI_CANARY%", "placeholder"),
    "template": ("{{ env_var('LI_CANARY') }}", "placeholder"),
    "command": ("$(cat canary)", "placeholder"),
    "description": ("<your canary here>", "placeholder"),
    "bearer": (f"Bearer {CANARY}", "`Bearer`"),
    "bearer_in_lower_case": (f"bearer {CANARY}", "`Bearer`"),
    "header": (f"Authorization: Bearer {CANARY}", "`Bearer`"),
    "line_break": (f"{CANARY}\nAQX", "line breaks"),
    "carriage_return": (f"{CANARY}\r\nAQX", "line breaks"),
    "blank": (f"{CANARY} AQX", "spaces"),
    "no_break_space": (f"{CANARY}\u00a0AQX", "spaces"),
    "umlaut": (f"{CANARY}ü", "no token"),
    "cyrillic": (f"{CANARY}А", "no token"),
    "control_character": (f"{CANARY}\x07", "not seen"),
}


@pytest.mark.parametrize("setting", TOKENS)
@pytest.mark.parametrize(("written", "words"), FLAWS.values(), ids=FLAWS)
def test_what_is_wrong_with_a_secret_is_said_without_it(
    load: Callable[..., Settings], setting: str, written: str, words: str
) -> None:
    for config, variables in (({**REFRESH, setting: written}, {}), (REFRESH, {setting: written})):
        with pytest.raises(ConfigError) as caught:
            load(config, **variables)
        sentence = str(caught.value)
        assert sentence.startswith(f"{setting}: ")
        assert words in sentence
        assert "canary" not in sentence.lower()
        assert caught.value.exit_code == 2


@pytest.mark.parametrize("written", ["'app'", "$APP", "ap\u200bp", "${APP}"])
def test_an_apps_id_is_looked_at_too(load: Callable[..., Settings], written: str) -> None:
    with pytest.raises(ConfigError, match=r"^client_id: "):
        load({**REFRESH, "client_id": written})


@pytest.mark.parametrize("written", ["AQX-_.~+/w==", "eyJ0.eyJ1.sig-_", " token\n", "a", "bearerAQX", "0123456789"])
def test_whatever_a_token_may_be_made_of_is_taken(load: Callable[..., Settings], written: str) -> None:
    assert load({"access_token": written}).access_token == Secret(written.strip())


@pytest.mark.parametrize("written", ["WPL_AP1.a.MTIz==", "p$a!%b&c", "a*b"])
def test_an_apps_secret_may_hold_any_printable_character(load: Callable[..., Settings], written: str) -> None:
    assert load({**REFRESH, "client_secret": written}).client_secret == Secret(written)


def test_a_value_that_is_no_text_is_refused_as_such(load: Callable[..., Settings]) -> None:
    values: list[Any] = [7, True, [CANARY], {"a": CANARY}]
    for value in values:
        with pytest.raises(ConfigError, match=r"^access_token: expected a text"):
            load({"access_token": value})
