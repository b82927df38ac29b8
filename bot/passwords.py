"""Finds the passwords that addresses hold, so that they can be kept out of what is shown."""

import re
from collections.abc import Iterable
from urllib.parse import unquote

from sqlalchemy import make_url


def of_database(database_url: str) -> list[str]:
    """The one before the host, and what the query's names say is secret."""
    url = make_url(database_url)
    passwords = [str(url.password)] if url.password else []
    for name, values in url.normalized_query.items():
        if re.search("pass|pw|key|secret|token", name, re.IGNORECASE):
            passwords.extend(values)
    return passwords


def of_proxies(addresses: Iterable[str]) -> set[str]:
    """Those in HTTPS_PROXY and its like, as httpx reads them: as they stand, and decoded."""
    # Not urlsplit: what is wrong about such an address may be in its password.
    bare = (re.sub(r"^\w+://", "", address) for address in addresses)
    found = (re.match(r"[^:/@]*:(.+)@", address) for address in bare)
    passwords = {password[1] for password in found if password}
    return passwords | {unquote(password) for password in passwords}
