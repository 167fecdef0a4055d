"""Names of countries and cities as they stand in a sentence of each language of our mails. Data; knows nothing else.

The English and German name stands after "in" ("in the Netherlands", "in den Niederlanden"), the Spanish one after "en"
or "desde", the French one after "depuis" ("depuis la France"): so each carries the article it takes there.
"""

from collections.abc import Mapping

#: English, German, Spanish, French.
_NAMES = """
Argentina | Argentinien | Argentina | l’Argentine
Australia | Australien | Australia | l’Australie
Austria | Österreich | Austria | l’Autriche
Belgium | Belgien | Bélgica | la Belgique
Brazil | Brasilien | Brasil | le Brésil
Bulgaria | Bulgarien | Bulgaria | la Bulgarie
Canada | Kanada | Canadá | le Canada
Chile | Chile | Chile | le Chili
Colombia | Kolumbien | Colombia | la Colombie
Croatia | Kroatien | Croacia | la Croatie
the Czech Republic | Tschechien | la República Checa | la République tchèque
Denmark | Dänemark | Dinamarca | le Danemark
Estonia | Estland | Estonia | l’Estonie
Finland | Finnland | Finlandia | la Finlande
France | Frankreich | Francia | la France
Germany | Deutschland | Alemania | l’Allemagne
Greece | Griechenland | Grecia | la Grèce
Hungary | Ungarn | Hungría | la Hongrie
Iceland | Island | Islandia | l’Islande
India | Indien | India | l’Inde
Ireland | Irland | Irlanda | l’Irlande
Italy | Italien | Italia | l’Italie
Japan | Japan | Japón | le Japon
Latvia | Lettland | Letonia | la Lettonie
Lithuania | Litauen | Lituania | la Lituanie
Luxembourg | Luxemburg | Luxemburgo | le Luxembourg
Mexico | Mexiko | México | le Mexique
the Netherlands | den Niederlanden | los Países Bajos | les Pays-Bas
New Zealand | Neuseeland | Nueva Zelanda | la Nouvelle-Zélande
Norway | Norwegen | Noruega | la Norvège
Peru | Peru | Perú | le Pérou
Poland | Polen | Polonia | la Pologne
Portugal | Portugal | Portugal | le Portugal
Romania | Rumänien | Rumanía | la Roumanie
Slovakia | der Slowakei | Eslovaquia | la Slovaquie
Slovenia | Slowenien | Eslovenia | la Slovénie
South Africa | Südafrika | Sudáfrica | l’Afrique du Sud
Spain | Spanien | España | l’Espagne
Sweden | Schweden | Suecia | la Suède
Switzerland | der Schweiz | Suiza | la Suisse
Turkey | der Türkei | Turquía | la Turquie
the United Kingdom | Großbritannien | el Reino Unido | le Royaume-Uni
the United States | den USA | Estados Unidos | les États-Unis
Antwerp | Antwerpen | Amberes | Anvers
Barcelona | Barcelona | Barcelona | Barcelone
Brussels | Brüssel | Bruselas | Bruxelles
Cologne | Köln | Colonia | Cologne
Copenhagen | Kopenhagen | Copenhague | Copenhague
Geneva | Genf | Ginebra | Genève
Hamburg | Hamburg | Hamburgo | Hambourg
Lisbon | Lissabon | Lisboa | Lisbonne
London | London | Londres | Londres
Milan | Mailand | Milán | Milan
Munich | München | Múnich | Munich
Paris | Paris | París | Paris
Rome | Rom | Roma | Rome
Seville | Sevilla | Sevilla | Séville
Vienna | Wien | Viena | Vienne
Zurich | Zürich | Zúrich | Zurich
"""
_OTHER_NAMES = {
    "uk": "the united kingdom", "great britain": "the united kingdom", "united kingdom": "the united kingdom",
    "usa": "the united states", "us": "the united states", "united states": "the united states",
    "united states of america": "the united states", "netherlands": "the netherlands", "holland": "the netherlands",
    "niederlande": "the netherlands", "países bajos": "the netherlands", "pays-bas": "the netherlands",
    "czech republic": "the czech republic", "czechia": "the czech republic", "schweiz": "switzerland",
    "türkei": "turkey", "türkiye": "turkey", "slowakei": "slovakia", "reino unido": "the united kingdom",
}  # fmt: skip


def _places() -> Mapping[str, Mapping[str, str]]:
    """Casefolded name in any language → language → name."""
    known: dict[str, dict[str, str]] = {}
    for line in _NAMES.strip().splitlines():
        names = dict(zip(("en", "de", "es", "fr"), line.split(" | "), strict=True))
        for name in names.values():
            bare = name.removeprefix("l’").removeprefix("la ").removeprefix("le ").removeprefix("les ")
            known.setdefault(name.casefold(), names)
            known.setdefault(bare.casefold(), names)
    return known | {other: known[name] for other, name in _OTHER_NAMES.items()}


PLACES = _places()
