"""Faults of this machine that keep requests from leaving and that only a person can mend: CA bundle, certificate, proxy.

What may pass by itself (no network, DNS or servers down, a time-out) does not belong here.
"""

from __future__ import annotations

import os
import re
import ssl
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from requests import exceptions as failures
from requests.utils import get_environ_proxies, select_proxy
from urllib3 import exceptions as causes

from target_linkedin_conversions.errors import MachineError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ca_bundle", "machine_fault"]

CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
"""Where people name the authorities that this machine trusts; the first that is set counts."""
_TUNNEL = re.compile(r"Tunnel connection failed: (\d{3})")
_ODD = re.compile(r"\s|^['\"]|['\"]$|^\$|\$\{")
"""White space, quotes that belong to the value, a variable that nothing has filled in."""
_PROXY_MEND = "write it like http://proxy.example.com:8080, with special characters of a password percent-encoded"
_PASSING = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_EARLY,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
"""With these a proxy says that it cannot reach LinkedIn now, or has too much to do."""
_TIMES = frozenset({9, 10})
"""OpenSSL's numbers for a certificate that is not yet, or no longer, valid."""
_ANOTHER_NAME = frozenset({62, 64})
"""OpenSSL's numbers for a certificate of another host."""


def ca_bundle() -> str | bool:
    """The file or folder of certificates to trust, True for those that come with this program.

    Raises `OSError` for a pipe or a device, at which OpenSSL would wait.
    """
    found = next((path for _, path in _ca_variables()), True)
    if isinstance(found, str) and _is_special(Path(found)):
        raise OSError
    return found


def _is_special(path: Path) -> bool:
    return path.exists() and not (path.is_file() or path.is_dir())


def _ca_variables() -> Iterator[tuple[str, str]]:
    return ((name, os.environ[name]) for name in CA_VARIABLES if os.environ.get(name))


def machine_fault(error: BaseException, url: str, *, by_environment: bool) -> MachineError | None:
    """What a person has to mend before a request to this URL can leave, None where it may pass by itself.

    Without `by_environment` no proxy and no file of certificates that it names counts for the URL.

    No part of the error's own text is repeated: a proxy's URL may hold a password.
    """
    chain = list(_chain(error))
    if not by_environment:
        return _of_certificate(chain, url, by_environment=False)
    proxy = _proxy_of(url)
    found = _of_bundle(chain) or (None if proxy is None else _of_proxy(chain, *proxy))
    return found or _of_certificate(chain, url)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and every one that it wraps, from the outside in."""
    left: list[object] = [error]
    seen: set[int] = set()
    while left:
        one = left.pop(0)
        if isinstance(one, BaseException) and id(one) not in seen:
            seen.add(id(one))
            yield one
            # A SOCKS proxy that is not there stands in the context alone (measured).
            wrapped = one.__cause__ or one.__context__
            left += [getattr(one, "reason", None), getattr(one, "original_error", None), wrapped, *one.args]


# Certificates


def _of_bundle(chain: list[BaseException]) -> MachineError | None:
    """The file of trusted certificates is not there, or is none."""
    found = next(_ca_variables(), None)
    if found is None:
        return None
    name, path = found
    mend = f"name a file of certificates in PEM, or remove the variable {name}"
    if not Path(path).exists():
        return MachineError(name, "the file of trusted certificates that it names does not exist", mend)
    loading = [one for one in chain if isinstance(one, ssl.SSLError | OSError)]
    unread = any(isinstance(one, PermissionError) for one in loading)
    if unread or any(_is_no_certificate(one) for one in loading) or _is_empty(Path(path)) or _is_special(Path(path)):
        return MachineError(name, "the file of trusted certificates that it names cannot be read as such", mend)
    return None


def _is_no_certificate(error: BaseException) -> bool:
    """Whether OpenSSL found no certificates in a file; by its own words, which have no number in Python."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return False
    words = str(error)
    return any(sign in words for sign in ("NO_CERTIFICATE_OR_CRL_FOUND", "[X509", "[PEM", "NO_START_LINE", "(_ssl.c:4"))


def _is_empty(path: Path) -> bool:
    return path.is_file() and path.stat().st_size == 0


def _of_certificate(chain: list[BaseException], url: str, *, by_environment: bool = True) -> MachineError | None:
    failed = next((one for one in chain if isinstance(one, ssl.SSLCertVerificationError)), None)
    if failed is None:
        return None
    host = urlsplit(url).hostname or "the server"
    if failed.verify_code in _TIMES:
        return MachineError(
            "certificate",
            f"the one that answers for {host} is not valid at this machine's time",
            "set this machine's clock, or ask who runs the proxy in between",
        )
    if failed.verify_code in _ANOTHER_NAME:
        return MachineError(
            "certificate",
            f"the one that answers for {host} is another host's",
            "check api_url and oauth_url, and any proxy in between",
        )
    if not by_environment:
        return MachineError(
            "certificate",
            f"the one that answers for {host} is signed by nobody, and no variable names authorities for this machine itself",
            "write api_url and oauth_url with http:// or with the machine's public name",
        )
    name = next((name for name, _ in _ca_variables()), None)
    return MachineError(
        name or CA_VARIABLES[0],
        f"the certificate that answers for {host} is signed by nobody that "
        + ("its file names" if name else "this machine trusts"),
        "set it to a file with the certificates of your network's own authority too, in PEM",
    )


# Proxies


def _proxy_of(url: str) -> tuple[str, str] | None:
    """The variable that names the proxy for a URL, and the proxy; None where none is used."""
    proxy = select_proxy(url, get_environ_proxies(url))
    if not proxy:
        return None
    scheme = urlsplit(url).scheme
    names = (f"{scheme}_proxy", f"{scheme}_proxy".upper(), "all_proxy", "ALL_PROXY")
    return next((name for name in names if os.environ.get(name)), "the system's proxy"), proxy


def _of_proxy(chain: list[BaseException], name: str, proxy: str) -> MachineError | None:
    if _is_missing_socks(chain):
        return MachineError(
            name, "a SOCKS proxy needs a package that is not installed", "install PySocks beside this program"
        )
    if _is_no_url(chain, proxy):
        return MachineError(name, "it is no proxy's URL", _PROXY_MEND)
    status = next((int(found.group(1)) for one in chain if (found := _TUNNEL.search(str(one)))), None)
    if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        return MachineError(
            name,
            "the proxy asks for a user and a password, or refuses those it was given (status 407)",
            "write them into its URL: http://user:password@host:port, with special characters percent-encoded",
        )
    if status is not None:
        return (
            None
            if status in _PASSING
            else _refused(name, f"the proxy refuses to connect to LinkedIn (status {status})")
        )
    return _of_way_to_proxy(chain, name)


def _of_way_to_proxy(chain: list[BaseException], name: str) -> MachineError | None:
    """The proxy itself is not there."""
    if not any(isinstance(one, causes.ProxyError | failures.ProxyError) or _is_of_socks(one) for one in chain):
        return None
    if any(isinstance(one, causes.NameResolutionError) for one in chain):
        return _refused(name, "the proxy's name is not known")
    if any(type(one) is causes.ConnectTimeoutError or isinstance(one, TimeoutError) for one in chain):
        return _refused(name, "the proxy does not answer")
    if any(isinstance(one, ssl.SSLError | causes.SSLError) for one in chain):
        return None if any(isinstance(one, ssl.SSLCertVerificationError) for one in chain) else _no_tls(name)
    return _refused(name, "the proxy cannot be connected to")


def _no_tls(name: str) -> MachineError:
    return MachineError(name, "the proxy does not speak TLS", "write its URL with http:// instead of https://")


def _refused(name: str, problem: str) -> MachineError:
    return MachineError(name, problem, "correct or remove it, or ask who runs the proxy to let this machine through")


def _is_of_socks(error: BaseException) -> bool:
    return type(error).__module__.startswith("socks")


def _is_missing_socks(chain: list[BaseException]) -> bool:
    return any(isinstance(one, failures.InvalidSchema) and "SOCKS" in str(one) for one in chain)


def _is_no_url(chain: list[BaseException], proxy: str) -> bool:
    """Whether no request can be made by way of it: LinkedIn's own URL was read long before."""
    kinds = (
        failures.InvalidProxyURL,
        failures.InvalidURL,
        causes.ProxySchemeUnknown,
        causes.ProxySchemeUnsupported,
        causes.LocationParseError,
        UnicodeError,
    )
    return any(isinstance(one, kinds) for one in chain) or _ODD.search(proxy) is not None
