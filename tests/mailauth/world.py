"""A made-up world for these tests: keys that sign nothing else, a resolver that knows only what it is told, mail to sign."""

from datetime import UTC, datetime

from sekimori.mailauth import LookupFailed, SigningKey

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)

PRIVATE = b"""-----BEGIN RSA PRIVATE KEY-----
MIIEogIBAAKCAQEAzDlM4w/VzHe0uZWXC/IyxQztx+KBRMgbL81sF4DjadKOhGxr
MddpwAU7YkhB0tfQcy97lBG1cIcY4DjX511F6c1sdD2gf+SZWyi+8LIbgRVnxA/T
wp31i4wh6PJ8K57hVGvDEWBSVkQT7JSi99oKbNzdUj7kQqkuZ5sVgDFxRo+hwsUE
S3PTTs4iYF9lE4yLFNz6P6Nxo7WOGUKXJFJ20KaCgvftmKGFS4tESPj6H1lPyg6I
7fZdgEsSLXoKx/Va9fFYcxQzTx9vwTvYdCn+xDq4XTsTq5FWM7T1ciGKPHt/yNx1
Zq6QkmpnBUtkdaoB16fi1A3vc/6rJISUKY573wIDAQABAoIBACiE+e9XNflCivYD
axuwq0gTf54YH8PQ3CwI2vhy1ywo3aQCiuYxskaqAxVF9uFpdm9ULXW8ab5w34ul
W5kJFZUE8A7EJ3MYnSDMHc5N2E0tPRBWf5JumshcPmIksmRJOrXwR5zL+qopCbb3
6rm4ZjchPzxRRCLBxHZD++kaZjo0bGTmzo4R1Gv7UAbKYkcN6ArDoXbLIRt99vPL
5fi0Pktdk0jdIo3wTD+316gBnelEcAFnGfJOp/t6JV37qs3772tH88ic0MYB+hiB
pyOcnir/Y8h5OHpn4EpSF9Wp7SsefRYkMZKd8q/WVjMzwHELkVjln6oCSkx2SlKa
LLUZaFkCgYEA8oPS8AOqaAZoD9/N87FFPg76rBNCsnACSE++EN9wqFlLRmkpbht3
VqTI133xSQ0K8S+PYCRafoWLmjMAMMMO3nG5FSh5tupIPreBD3/SjI/qTP2Mu7p9
pwaY7nNO0pdO9k433Tmf8jEg5fYA2NreaKdAcLMCDTLNhV9LgLgqh6UCgYEA15Rn
//wZdbiVt2yx8jE7kKgtO4VLvfMLU8UrbBeYkWwT7r0q3WDgWXPJOsT7A68DjPip
Q7tm8dFruFDES5XEnZFnPJEX8syyzni26dj179v20yGG1MT9L+kevb305gxiTN4j
r0D4iu7IWgcpPZsSHLvLRXwGREjv9zD23CJ1vjMCgYAXV6DiAThRsuwpOv1zy0hC
5OYz0dbFngpaM3Kz5Q3O5mlcaZrXQkWGTW4Xb8PdqCe5dz5xno4nR2tceDQ4fU3d
E00hQDgW5w31G2yMtVzqsp92saDuINEfVn851Fdt5apwAq9V18oRYbEs8TS7qrVl
lVOahWBZLN6jS7zUsuVFEQKBgCtuL4GHtU1dEXRxhmvndTuQVgR+tyKeWzLWLwhI
vKjXYDChlYgh4zDCPdEELBmy4YE9+0O09mlTKmNoihM8Ke8ggu7VwEBe8srb0OXN
msZmxxQD1hj5UpSbX2EUaskJx6f6vK+q5CeBMYXJmYpaukxlnO7zrIOHOijPiXwR
ySy3AoGABVg9zLpYzgni5ZrYyYNF06zXzqMZFYAY2HgCqx1tHfNIb19fy4RBmYXU
hjKem78E9RCTSAsPVIwUpX84B1U99Q8xZ6O61bT+k95KhccKz4Hch5GLyyWcq4Jj
0cpN2m0X4mmPEc5K8wy6SVMbQT9z6sUvqPOORWE04wEbT7ZpamQ=
-----END RSA PRIVATE KEY-----
"""
PUBLIC = (
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAzDlM4w/VzHe0uZWXC/IyxQztx+KBRMgbL81sF4DjadKOhGxrMddpwAU7YkhB0tfQcy97lBG1cIcY4DjX511F6c1sdD2gf+SZWyi+8LIbgR"
    "VnxA/Twp31i4wh6PJ8K57hVGvDEWBSVkQT7JSi99oKbNzdUj7kQqkuZ5sVgDFxRo+hwsUES3PTTs4iYF9lE4yLFNz6P6Nxo7WOGUKXJFJ20KaCgvftmKGFS4tESPj6H1lPyg6I7fZdgEsSLXoKx/Va"
    "9fFYcxQzTx9vwTvYdCn+xDq4XTsTq5FWM7T1ciGKPHt/yNx1Zq6QkmpnBUtkdaoB16fi1A3vc/6rJISUKY573wIDAQAB"
)
#: too short to count (RFC 8301)
SHORT_PRIVATE = b"""-----BEGIN RSA PRIVATE KEY-----
MIIBywIBAAJhAK72v5suhVIMf4q5eBdru/yXuOgiijKiUm/v4v2SRKMkZ0WCZen+
SwtDGJgaDwJjvOZKJDwnHwGkPua4XQ2CgTv66immcDwQm0iMeilg3V+/51fBaxW1
tmJgGAn9Qx+j0QIDAQABAmAGZYcDyWOeaE6RZ854LLwms/VSp1CeIUkaRo7p7lsM
C9yqseW/9EgSFVXk2a8Ky1KhJOPoNClX/hwFJwNTCNB0U++38fGxd3hBNDb51pbi
miYdrRgMx7scEiIzqwRiKwECMQDjajQav7JrxNjc4LqWzIR9X+f3/BJbKen0YmCN
UaOg2v9Z41s5NUdtVzlcD3yTpjkCMQDE9MRrwrfJpNinpgH6VCwPxAgwohJLnyLw
iPV9jF7M4x63AccBtQNHYs3RssqxqlkCMBvxr+ddiNoPPSqe/q6LAPi68TEaq1LC
aroZ4I1c68NXRatQ8aOs9VLtNeInEQK/mQIxAIpB3CRdMtC9BE1jTl4gejGzBaDG
FJu7ITbCnbm9MMsY3/XNrJo5LA0PgbWjkX/4OQIxALeO3UUfIOyvE04692OFgRW0
5yCxS+1ou0b6sTEMasRB84TJaXxlsxIk25w1HsvYZA==
-----END RSA PRIVATE KEY-----
"""
SHORT_PUBLIC = (
    "MHwwDQYJKoZIhvcNAQEBBQADawAwaAJhAK72v5suhVIMf4q5eBdru/yXuOgiijKiUm/v4v2SRKMkZ0WCZen+SwtDGJgaDwJjvOZKJDwnHwGkPua4XQ2CgTv66immcDwQm0iMeilg3V+/51fBaxW1tm"
    "JgGAn9Qx+j0QIDAQAB"
)
KEY = SigningKey("example.net", "s1", PRIVATE)

RAW = (b"From: Reporter <a@example.net>\r\nTo: abuse@example.jp\r\nSubject: =?utf-8?b?6Zai5a6I?= spam\r\n report\r\nDate: Tue, 24 Nov 2026 12:00:00 +0900\r\n"
       b"Message-ID: <1@example.net>\r\n\r\nBody  with \t blanks  \r\n\r\nend\r\n\r\n\r\n")


class World(dict):
    """Records by (name, type); a value of None is a server that does not answer."""

    def __init__(self, *records: tuple[str, str, object]) -> None:
        super().__init__()
        self.asked: list[tuple[str, str]] = []
        self["s1._domainkey.example.net", "TXT"] = ["v=DKIM1; k=rsa; p=" + PUBLIC]
        for name, kind, value in records:
            self[name, kind] = [value] if isinstance(value, str) else value

    def query(self, name: str, kind: str) -> list[str]:
        self.asked.append((name, kind))
        found = self.get((name.lower().rstrip("."), kind), [])
        if found is None:
            raise LookupFailed("made up")
        return list(found)
