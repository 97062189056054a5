"""Classifies the domain of an address: a provider, a misspelt one, a throw-away one, or one for examples."""

from __future__ import annotations

import string
from importlib import import_module

import msgspec

__all__ = ["Domain", "domain_of"]

_REGIONAL = ("gmx", "hotmail", "live", "msn", "outlook", "yahoo", "ymail")
"""Providers with a domain a country."""
_UNMISTAKABLE = frozenset(
    """
    gmail.com googlemail.com icloud.com protonmail.com bellsouth.net bigpond.com blueyonder.co.uk bluewin.ch btinternet.com
    citromail.hu comcast.net docomo.ne.jp earthlink.net fastmail.com foxmail.com freemail.hu freenet.de hanmail.net hushmail.com
    interia.pl laposte.net libero.it optusnet.com.au orange.fr rambler.ru rediffmail.com rocketmail.com sbcglobal.net
    seznam.cz skynet.be sympatico.ca t-online.de telenet.be tiscali.it tutanota.com verizon.net virgilio.it virginmedia.com
    wanadoo.fr yandex.com yandex.ru
    """.split()  # noqa: SIM905 - a list of so many would fill the page
)
"""Providers whose name is long enough, or known well enough, that one edit of it is a slip and not another company."""
_OTHERS = frozenset(
    """
    aol.com aol.de arcor.de duck.com email.com free.fr gmx.com gmx.net hey.com hotmail.co.uk inbox.com live.co.uk live.com
    mac.com mail.com mail.de mail.ru me.com msn.com naver.com online.de outlook.jp pm.me proton.me qq.com sfr.fr sky.com
    tuta.com web.de yahoo.co.in yahoo.co.jp yahoo.co.uk yahoo.com.au yahoo.com.br ymail.com zoho.com 163.com
    126.com 139.com abv.bg alice.it att.net bk.ru bol.com.br centrum.cz cox.net daum.net email.cz email.de fastmail.fm hetnet.nl
    home.nl hotmail.com inbox.ru inbox.lv list.ru live.com.au mail.ee nate.com ntlworld.com o2.pl onet.pl op.pl outlook.com post.cz
    posteo.de mailbox.org rogers.com sify.com shaw.ca sina.com sohu.com terra.com.br uol.com.br ukr.net vp.pl walla.co.il wp.pl yahoo.com
    yandex.by yandex.kz yandex.ua ya.ru yeah.net ziggo.nl
    """.split()  # noqa: SIM905 - the same
)
_COUNTRIES = {f"{a}{b}" for a in string.ascii_lowercase for b in string.ascii_lowercase} - {"co", "cm", "om", "ne"}
"""Two letters are a country, but for those that are left of `.com` and `.net` by a slip."""
_WELL_KNOWN = frozenset(
    {
        *_UNMISTAKABLE,
        *_OTHERS,
        *(
            f"{name}.{before}{country}"
            for name in _REGIONAL
            for country in _COUNTRIES
            for before in ("", "co.", "com.")
        ),
    }
)
_REGIONAL_MISSPELT = ("hotmail", "outlook", "yahoo")
_NO_COM = ("ccom", "cim", "cmo", "comm", "con", "conm", "coom", "cpm", "ocm", "vom", "xom")
"""What `.com` is mistyped as and no other end: so no company has it, however short the provider's name."""
_NO_NET = ("ent", "ner", "nett", "ney", "nnet", "nrt", "nt", "nte", "nwt")
"""The same for `.net`."""
_NO_WORDS = ("126", "163", "aol", "gmx", "live", "msn", "qq", "ymail", "zoho")
"""Short names of providers that nobody else has in these ends, which a slip leaves of `.com`: a mail.co may be a company's."""
_MISSPELT_IN = ("com", "de", "fr", "es", "it", "nl", "at", "ch", "be", "pl", "ca", "co.uk", "com.br", "co.in")
"""Where providers with a domain a country have most of their members."""
_RESERVED_ENDS = frozenset({"test", "invalid", "localhost", "example", "local", "onion", "alt", "internal", "arpa"})
_RESERVED = frozenset({"example.com", "example.net", "example.org"})
"""RFC 2606 and 6761, and what the IANA's list of special-use names took up since; `.internal` is ICANN's."""
_LETTERS = string.ascii_lowercase + string.digits + ".-"

_COMMON = (*_OTHERS, *(f"{name}.{end}" for name in _REGIONAL for end in _MISSPELT_IN))


def _edits(name: str) -> set[str]:
    """All that one edit makes of a name: a character left out, put in, replaced, or two swapped."""
    splits = [(name[:at], name[at:]) for at in range(len(name) + 1)]
    found = {a + b[1:] for a, b in splits if b} | {a + b[1] + b[0] + b[2:] for a, b in splits if len(b) > 1}
    return (
        found
        | {a + c + b for a, b in splits for c in _LETTERS}
        | {a + c + b[1:] for a, b in splits if b for c in _LETTERS}
    )


_ONE_EDIT_AWAY = (
    frozenset(
        edit
        for name in (*_UNMISTAKABLE, *(f"{name}.{end}" for name in _REGIONAL_MISSPELT for end in _MISSPELT_IN))
        for edit in _edits(name)
    )
    | {f"{name.removesuffix('.com')}.{slip}" for name in _WELL_KNOWN if name.endswith(".com") for slip in _NO_COM}
    | {f"{name}.{slip}" for name in _NO_WORDS for slip in ("co", "cm", "om")}
    | {f"{name.removesuffix('.net')}.{slip}" for name in _WELL_KNOWN if name.endswith(".net") for slip in _NO_NET}
    | {
        f"{name[:-2]}{end}"
        for name in _COMMON
        if name[-3] == "."
        for end in (name[-2:] + name[-1], name[-2] + name[-2:])
    }
) - _WELL_KNOWN


class Domain(msgspec.Struct, frozen=True):
    """The codes of its findings, and whether it is a company's, which a reserved one is not, nor a provider's."""

    codes: tuple[str, ...] = ()
    is_company: bool = False


def _throw_away() -> frozenset[str]:
    """The kept list of throw-away providers; empty where the extra is not installed."""
    try:
        return frozenset(import_module("disposable_email_domains").blocklist)
    except ImportError:
        return frozenset()


_THROW_AWAY = _throw_away()


def domain_of(domain: str) -> Domain:
    """What is known of a domain in lower case."""
    labels = domain.split(".")
    if labels[-1] in _RESERVED_ENDS or ".".join(labels[-2:]) in _RESERVED:
        return Domain(("reserved_domain",))
    if domain in _WELL_KNOWN:
        return Domain()
    if domain in _ONE_EDIT_AWAY:  # some of which are throw-away domains too: they catch what is misspelt
        return Domain(("domain_typo",))
    is_thrown_away = any(".".join(labels[at:]) in _THROW_AWAY for at in range(len(labels) - 1))
    return Domain(("disposable_domain",)) if is_thrown_away else Domain(is_company=True)
