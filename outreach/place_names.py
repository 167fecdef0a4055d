"""Names of countries and cities as they stand in a sentence of each language of our mails. Data; knows nothing else.

The English and German name stands after "in" ("in the Netherlands", "in den Niederlanden"), the Spanish one after "en"
or "desde", the French one after "depuis" ("depuis la France"): so each carries the article it takes there.
"""

import re
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
China | China | China | la Chine
Colombia | Kolumbien | Colombia | la Colombie
Croatia | Kroatien | Croacia | la Croatie
Cyprus | Zypern | Chipre | Chypre
the Czech Republic | Tschechien | la República Checa | la République tchèque
Denmark | Dänemark | Dinamarca | le Danemark
Egypt | Ägypten | Egipto | l’Égypte
Estonia | Estland | Estonia | l’Estonie
Finland | Finnland | Finlandia | la Finlande
France | Frankreich | Francia | la France
Germany | Deutschland | Alemania | l’Allemagne
Greece | Griechenland | Grecia | la Grèce
Hungary | Ungarn | Hungría | la Hongrie
Iceland | Island | Islandia | l’Islande
India | Indien | India | l’Inde
Indonesia | Indonesien | Indonesia | l’Indonésie
Ireland | Irland | Irlanda | l’Irlande
Israel | Israel | Israel | Israël
Italy | Italien | Italia | l’Italie
Japan | Japan | Japón | le Japon
Latvia | Lettland | Letonia | la Lettonie
Lithuania | Litauen | Lituania | la Lituanie
Luxembourg | Luxemburg | Luxemburgo | le Luxembourg
Malta | Malta | Malta | Malte
Mexico | Mexiko | México | le Mexique
Morocco | Marokko | Marruecos | le Maroc
the Netherlands | den Niederlanden | los Países Bajos | les Pays-Bas
New Zealand | Neuseeland | Nueva Zelanda | la Nouvelle-Zélande
Norway | Norwegen | Noruega | la Norvège
Peru | Peru | Perú | le Pérou
the Philippines | den Philippinen | Filipinas | les Philippines
Poland | Polen | Polonia | la Pologne
Portugal | Portugal | Portugal | le Portugal
Romania | Rumänien | Rumanía | la Roumanie
Serbia | Serbien | Serbia | la Serbie
Singapore | Singapur | Singapur | Singapour
Slovakia | der Slowakei | Eslovaquia | la Slovaquie
Slovenia | Slowenien | Eslovenia | la Slovénie
South Africa | Südafrika | Sudáfrica | l’Afrique du Sud
South Korea | Südkorea | Corea del Sur | la Corée du Sud
Spain | Spanien | España | l’Espagne
Sweden | Schweden | Suecia | la Suède
Switzerland | der Schweiz | Suiza | la Suisse
Thailand | Thailand | Tailandia | la Thaïlande
Turkey | der Türkei | Turquía | la Turquie
Ukraine | der Ukraine | Ucrania | l’Ukraine
the United Arab Emirates | den Vereinigten Arabischen Emiraten | los Emiratos Árabes Unidos | les Émirats arabes unis
the United Kingdom | Großbritannien | el Reino Unido | le Royaume-Uni
the United States | den USA | Estados Unidos | les États-Unis
Antwerp | Antwerpen | Amberes | Anvers
Athens | Athen | Atenas | Athènes
Barcelona | Barcelona | Barcelona | Barcelone
Basel | Basel | Basilea | Bâle
Brussels | Brüssel | Bruselas | Bruxelles
Cologne | Köln | Colonia | Cologne
Copenhagen | Kopenhagen | Copenhague | Copenhague
Florence | Florenz | Florencia | Florence
Frankfurt | Frankfurt | Fráncfort | Francfort
Geneva | Genf | Ginebra | Genève
Hamburg | Hamburg | Hamburgo | Hambourg
Lisbon | Lissabon | Lisboa | Lisbonne
London | London | Londres | Londres
Milan | Mailand | Milán | Milan
Munich | München | Múnich | Munich
Naples | Neapel | Nápoles | Naples
Nuremberg | Nürnberg | Núremberg | Nuremberg
Paris | Paris | París | Paris
Prague | Prag | Praga | Prague
Rome | Rom | Roma | Rome
Seville | Sevilla | Sevilla | Séville
Stockholm | Stockholm | Estocolmo | Stockholm
Strasbourg | Straßburg | Estrasburgo | Strasbourg
Vienna | Wien | Viena | Vienne
Warsaw | Warschau | Varsovia | Varsovie
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
#: What a profile leaves out before the name.
_ARTICLE = re.compile(r"^(?:l’|(?:the|der|den|el|los|la|le|les) )")


def _places() -> Mapping[str, Mapping[str, str]]:
    """Casefolded name in any language → language → name."""
    known: dict[str, dict[str, str]] = {}
    for line in _NAMES.strip().splitlines():
        names = dict(zip(("en", "de", "es", "fr"), line.split(" | "), strict=True))
        for name in names.values():
            bare = _ARTICLE.sub("", name)
            known.setdefault(name.casefold(), names)
            known.setdefault(bare.casefold(), names)
    return known | {other: known[name] for other, name in _OTHER_NAMES.items()}


PLACES = _places()
