"""Where the invented creators live: how common a country is, which languages are written there, a few cities."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Country:
    """`name` in English as exports have it; `weight` in percent of the pool, roughly; language → share."""

    name: str
    weight: float
    languages: dict[str, float]
    cities: tuple[str, ...]


def _country(name: str, weight: float, languages: str, cities: str) -> Country:
    shares = dict(part.split(":") for part in languages.split())
    return Country(name, weight, {code: float(share) for code, share in shares.items()}, tuple(cities.split(", ")))


COUNTRIES: tuple[Country, ...] = (
    _country(
        "Germany", 15.0, "de:88 en:12", "Berlin, Hamburg, München, Köln, Leipzig, Freiburg, Münster, Dresden, Kiel"
    ),
    _country(
        "United Kingdom", 12.5, "en:100", "London, Manchester, Bristol, Leeds, Glasgow, Brighton, Cardiff, York, Bath"
    ),
    _country(
        "United States", 10.5, "en:92 es:8", "Austin, Portland, Chicago, Brooklyn, Denver, Nashville, LA, Seattle"
    ),
    _country("France", 10.0, "fr:92 en:8", "Paris, Lyon, Nantes, Bordeaux, Lille, Rennes, Marseille, Annecy, Toulouse"),
    _country(
        "Netherlands", 6.5, "nl:76 en:24", "Amsterdam, Utrecht, Rotterdam, Haarlem, Groningen, Breda, Leiden, Delft"
    ),
    _country("Italy", 6.0, "it:93 en:7", "Milano, Roma, Torino, Bologna, Firenze, Napoli, Verona, Palermo"),
    _country("Spain", 6.0, "es:94 en:6", "Madrid, Barcelona, Valencia, Sevilla, Bilbao, Málaga, Granada, Gijón"),
    _country("Brazil", 5.0, "pt:98 en:2", "São Paulo, Rio, Curitiba, Recife, Floripa, Belo Horizonte, Salvador"),
    _country("Austria", 4.0, "de:90 en:10", "Wien, Graz, Linz, Salzburg, Innsbruck, Klagenfurt"),
    _country("Switzerland", 4.0, "de:58 fr:25 it:8 en:9", "Zürich, Bern, Basel, Genève, Lausanne, Luzern, Lugano"),
    _country("Poland", 4.0, "pl:92 en:8", "Warszawa, Kraków, Wrocław, Gdańsk, Poznań, Łódź, Sopot"),
    _country("Portugal", 2.5, "pt:88 en:12", "Lisboa, Porto, Braga, Coimbra, Faro, Ericeira"),
    _country("Belgium", 2.5, "nl:52 fr:40 en:8", "Antwerpen, Gent, Bruxelles, Liège, Leuven, Namur"),
    _country("Canada", 2.5, "en:80 fr:20", "Toronto, Montréal, Vancouver, Halifax, Calgary"),
    _country("Australia", 2.0, "en:100", "Melbourne, Sydney, Perth, Brisbane, Byron Bay"),
    _country("Mexico", 2.0, "es:98 en:2", "CDMX, Guadalajara, Monterrey, Mérida, Oaxaca"),
    _country("Turkey", 1.6, "tr:92 en:8", "İstanbul, İzmir, Ankara, Antalya, Bursa"),
    _country("Ireland", 1.4, "en:100", "Dublin, Cork, Galway, Limerick"),
    _country("Japan", 1.4, "ja:94 en:6", "東京, 大阪, 京都, 福岡, 札幌"),
    _country("Argentina", 1.0, "es:98 en:2", "Buenos Aires, Córdoba, Rosario, Mendoza"),
    _country("United Arab Emirates", 0.9, "ar:60 en:40", "دبي, أبوظبي, الشارقة"),
    _country("Egypt", 0.6, "ar:90 en:10", "القاهرة, الإسكندرية, الجيزة"),
)
