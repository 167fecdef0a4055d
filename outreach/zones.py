"""Where a creator's clock stands, from country and city. Reads the table that ships with the time zones; pure but for
that.

A country of several zones counts as where most of its people live, unless the city says otherwise.
"""

import unicodedata
from functools import cache
from importlib import resources

#: Where most people live, of countries in which zone.tab lists another zone first or that is far from clear.
_MOST_PEOPLE = {
    "AR": "America/Argentina/Buenos_Aires", "AU": "Australia/Sydney", "BR": "America/Sao_Paulo",
    "CA": "America/Toronto", "CD": "Africa/Kinshasa", "CL": "America/Santiago", "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia", "DE": "Europe/Berlin", "EC": "America/Guayaquil", "ES": "Europe/Madrid",
    "FM": "Pacific/Chuuk", "GL": "America/Nuuk", "ID": "Asia/Jakarta", "KI": "Pacific/Tarawa", "KZ": "Asia/Almaty",
    "MH": "Pacific/Majuro", "MN": "Asia/Ulaanbaatar", "MX": "America/Mexico_City", "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland", "PF": "Pacific/Tahiti", "PG": "Pacific/Port_Moresby", "PS": "Asia/Hebron",
    "PT": "Europe/Lisbon", "RU": "Europe/Moscow", "UA": "Europe/Kyiv", "US": "America/New_York",
    "UZ": "Asia/Tashkent",
}  # fmt: skip
#: Large cities that lie in another zone than most of their country and have none of their own name.
_CITIES = {
    "US": {
        "America/Chicago": "austin dallas houston san-antonio fort-worth nashville minneapolis milwaukee new-orleans "
                           "memphis kansas-city st-louis saint-louis oklahoma-city omaha tulsa madison",
        "America/Denver": "salt-lake-city albuquerque colorado-springs boulder santa-fe el-paso aurora",
        "America/Phoenix": "tucson mesa scottsdale tempe",
        "America/Los_Angeles": "san-francisco san-diego seattle portland las-vegas san-jose sacramento oakland "
                               "long-beach fresno santa-monica pasadena irvine la",
        "Pacific/Honolulu": "hawaii maui hilo",
    },
    "CA": {
        "America/Edmonton": "calgary", "America/Winnipeg": "brandon", "America/Regina": "saskatoon",
        "America/Vancouver": "victoria surrey burnaby kelowna",
    },
    "AU": {"Australia/Brisbane": "gold-coast cairns townsville", "Australia/Perth": "fremantle"},
    "BR": {"America/Fortaleza": "natal teresina sao-luis", "America/Manaus": "amazonas"},
    "ES": {"Atlantic/Canary": "las-palmas tenerife santa-cruz-de-tenerife gran-canaria lanzarote fuerteventura"},
    "ID": {"Asia/Makassar": "denpasar bali ubud canggu"},
    "KZ": {"Asia/Almaty": "astana"},
    "MX": {"America/Cancun": "playa-del-carmen tulum", "America/Tijuana": "mexicali ensenada"},
    "MY": {"Asia/Kuching": "kota-kinabalu"},
    "PT": {"Atlantic/Madeira": "funchal", "Atlantic/Azores": "ponta-delgada"},
    "RU": {"Asia/Yekaterinburg": "ekaterinburg chelyabinsk perm ufa", "Asia/Vladivostok": "khabarovsk"},
}  # fmt: skip


def zone_of(country: str, city: str = "") -> str:
    """The IANA name for a country (two letters) and a city as profiles write it; "" where nobody knows."""
    zones = _zones().get(country.strip().upper(), ())
    if not zones:
        return ""
    code = country.strip().upper()
    named = _by_city(code).get(_plain(city.partition(",")[0]))
    return named or _MOST_PEOPLE.get(code, zones[0])


@cache
def _zones() -> dict[str, tuple[str, ...]]:
    table = (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    for line in table.splitlines():
        if not line.startswith("#"):
            country, _, zone, *_ = line.split("\t")
            found.setdefault(country, []).append(zone)
    return {country: tuple(zones) for country, zones in found.items()}


@cache
def _by_city(country: str) -> dict[str, str]:
    own = {_plain(zone.rpartition("/")[2]): zone for zone in _zones()[country]}
    more = {city: zone for zone, cities in _CITIES.get(country, {}).items() for city in cities.split()}
    return own | more


def _plain(text: str) -> str:
    """`São Paulo`, `Sao_Paulo` and `sao paulo` are the same city."""
    letters = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join("-" if c in " _-" else c for c in letters if not unicodedata.combining(c) and c != ".")
