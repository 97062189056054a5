"""Who carries an alert: a service a URL, by apprise, which speaks HTTP and SMTP itself.

The URLs are secrets. apprise and what it stands on may log them, so both work in threads that nobody hears.
"""

from __future__ import annotations

import warnings
from functools import partial
from typing import TYPE_CHECKING, Any

from target_linkedin_conversions.alerts.answers import bound_answers
from target_linkedin_conversions.errors import ConfigError
from target_linkedin_conversions.extras import install
from target_linkedin_conversions.loopback import is_loopback, never_through_a_proxy
from target_linkedin_conversions.muted_threads import join_until, muted_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from target_linkedin_conversions.settings import Secret

__all__ = ["Messengers"]

_SENDER = "target-linkedin-conversions"


class Messengers:
    """One for each URL, in their order."""

    def __init__(self, urls: Sequence[Secret]) -> None:
        """Ask apprise what each URL is for; raises `ConfigError`, by position, for one that it does not know or that is not safe."""
        never_through_a_proxy()
        found: dict[int, Any] = {}
        with warnings.catch_warnings():  # of modules that apprise imports and Python is about to drop
            warnings.simplefilter("ignore", DeprecationWarning)
            apprise = _apprise()

            def load() -> None:
                for index, url in enumerate(urls):
                    found[index] = _plugin(apprise, url)

            muted_thread("alerts", load).join()
            bound_answers(apprise.__name__)
        self._apprise = apprise
        self._plugins = [_checked(found.get(index), f"alert_urls[{index}]") for index in range(len(urls))]
        for plugin in self._plugins:
            plugin.notify_format = apprise.NotifyFormat.TEXT

    def send(self, title: str, body: str, until: float, give_up: Callable[[], bool] = lambda: False) -> list[int]:
        """Send one message by each, all at once; the positions of those that failed.

        They have until then by the monotonic clock, or until nobody wants to wait any more.
        """
        arrived: set[int] = set()

        def carry(index: int) -> None:
            # The plugin itself: apprise's own `notify` sends in threads that the end of the process waits for.
            text, kind = self._apprise.NotifyFormat.TEXT, self._apprise.NotifyType.WARNING
            if self._plugins[index].notify(title=title, body=body, notify_type=kind, body_format=text):
                arrived.add(index)

        threads = [muted_thread(f"alert-{index}", partial(carry, index)) for index in range(len(self._plugins))]
        for thread in threads:
            join_until(thread, until, give_up)
        return [index for index in range(len(self._plugins)) if index not in arrived]


def _apprise() -> Any:  # noqa: ANN401 - a module that is imported only where alerts are wanted
    try:
        import apprise  # noqa: PLC0415 - the same
    except ImportError:
        raise ConfigError("alert_urls", "the package apprise is not installed", install("alerts")) from None
    return apprise


def _plugin(apprise: Any, url: Secret) -> Any:  # noqa: ANN401 - apprise's own types
    """Apprise's plugin for a URL, None where it knows none."""
    asset = apprise.AppriseAsset(app_id=_SENDER, app_desc=_SENDER, app_url="", async_mode=False, secure_logging=True)
    return apprise.Apprise.instantiate(url.reveal, asset=asset)


def _checked(plugin: Any, place: str) -> Any:  # noqa: ANN401 - apprise's own types
    """The plugin; raises `ConfigError` where there is none, or where others could read or change what it sends."""
    if plugin is None:
        mend = "write it as apprise's page on the service does, for example slack://… or mailtos://…"
        raise ConfigError(place, "apprise knows no service for this URL, or a part of it is missing", mend)
    if not plugin.verify_certificate:
        raise ConfigError(place, "it switches the check of certificates off", "remove verify=no")
    if _is_plain(plugin):
        secure = _schemas(type(plugin).secure_protocol)[0]
        raise ConfigError(place, "it sends without encryption to another machine", f"write {secure}:// instead")
    return plugin


def _is_plain(plugin: Any) -> bool:  # noqa: ANN401 - apprise's own type
    """Whether a plugin sends unencrypted, though it could do otherwise, and not to this machine itself."""
    host = getattr(plugin, "smtp_host", "") or plugin.host or ""
    service = type(plugin)  # of whose names some plugins use one for something else in each object
    could = plugin.schema in _schemas(service.protocol) and _schemas(service.secure_protocol)
    return bool(could) and not plugin.secure and not is_loopback(host)


def _schemas(written: str | Sequence[str] | None) -> list[str]:
    return [written] if isinstance(written, str) else list(written or ())
