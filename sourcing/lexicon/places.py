"""Names that cities have in several languages, and what people add to a city's name in hashtags and handles."""

import re
from functools import lru_cache

from sourcing.words import fold

_SAME = """\
aachen=aix la chapelle; antwerp=antwerpen=anvers; athens=athina=αθηνα=athenes=atene; bangkok=krung thep;
barcelona=bcn; basel=basle=bale; belgrade=beograd; berlin=berlino; berne=bern=berna; bologna=bolonia;
brooklyn=bklyn; bruges=brugge; brussels=bruxelles=brussel; bucharest=bucuresti; cairo=القاهرة=le caire;
cologne=koln=koeln=colonia; copenhagen=kobenhavn=københavn=kopenhagen; cracow=krakow=kraków=krakau; doha=الدوحة;
dubai=دبي; dublin=baile atha cliath; edinburgh=edimburgo; florence=firenze=florenz=florencia;
frankfurt=frankfurt am main; gdansk=gdańsk=danzig; geneva=geneve=genf=ginevra; genoa=genova=genua; ghent=gent=gand;
gothenburg=goteborg; graz; the hague=den haag=s-gravenhage; hamburg=hambourg; hanover=hannover;
istanbul=constantinople; jerusalem=ירושלים; kyiv=kiev=київ; kyoto=京都; leipzig; lisbon=lisboa=lissabon=lisbonne;
ljubljana=laibach; lodz=łódź; london=londres=londra; los angeles=losangeles; lucerne=luzern; lyon=lyons; madrid;
marseille=marseilles; mexico city=ciudad de mexico=cdmx; milan=milano=mailand=mediolan;
moscow=moskva=москва=moskau; munich=munchen=muenchen=monaco di baviera; naples=napoli=neapel=napoles;
new york=nyc=new york city=nueva york; nice=nizza=niza; nuremberg=nurnberg=nuernberg; osaka=大阪; palermo;
paris=parigi; philadelphia=philly; porto=oporto; poznan=poznań=posen; prague=praha=prag=praga; riga;
rio de janeiro=rio; rome=roma=rom; rotterdam; san francisco=sanfrancisco; sao paulo; seoul=서울; seville=sevilla;
shanghai=上海; singapore=singapura; stockholm=estocolmo; strasbourg=strassburg; stuttgart; tel aviv=תל אביב;
tokyo=東京=tokio; toronto; turin=torino; valencia; venice=venezia=venedig=venise; vienna=wien=vienne=viena;
warsaw=warszawa=warschau=varsovia; washington=washington dc; wroclaw=wrocław=breslau; zurich=zuerich=zurigo
"""
# Written joined to a city's name: #berlinfashion, @paris.foodie. Without one of them a short name is taken for part of
# another word: #essentials is not Essen, #parishilton not Paris.
COMPOUNDS = frozenset(
    re.findall(
        r"\w+",
        """
        accessories antiques architecture art arts artist asmr babes baby bar bars beauty bites blog blogger bloggers
        boutique boys brunch cafe cafes chic city coffee cooking couple creator creators dad dance deals design dining
        diy dogs drinks eat eater eats events explore family fashion fashionblogger fashionista fashionweek finds fit
        fitness flair food foodblogger foodie foodies foodguide gems girl girls gram grammers guide gym hair home hotels
        ig igers influencer influencers insider instagram interior interiors kids kitchen life lifestyle living local
        locals look looks love lover lovers makeup mama market men mode model mom moms mua mum mums music nails
        nightlife outfit outfits photo photographer photography pizza plants podcast restaurants runner runners running
        shop shopper shopping shops skate skyline stories story street streets streetart streetstyle style stylist
        tattoo tattoos tips today tourism travel traveler trip vegan vibes vintage walks wedding weddings weekend
        wellness women yoga youtuber essen liebe leben stadt mutti kinder familie moda comida vida bonito cibo vita
        ristoranti mangiare bouffe resto restos bonsplans bonplan quartier sorties eten winkels leven jedzenie kawa
        miasto
        """,
    )
)

#: Cities whose name is also a common word: they are only named where something says that a place is meant.
COMMON_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        bath buffalo cork deal essen halle hull lens lima lodi male mobile most nice orange pau phoenix pisa reading
        regen rich sale split tours victoria worms york
        """,
    )
)
#: What stands before a place.
BEFORE_PLACE = frozenset(
    re.findall(
        r"\w+",
        """
        in from based near at visit living around city local aus bei nach um de du des en di da do em te uit z w ze we
        region
        """,
    )
)


@lru_cache(maxsize=1)
def _groups() -> dict[str, frozenset[str]]:
    groups: dict[str, frozenset[str]] = {}
    for line in _SAME.replace("\n", " ").split(";"):
        names = frozenset(fold(name.strip()) for name in line.split("=") if name.strip())
        groups |= dict.fromkeys(names, names)
    return groups


@lru_cache(maxsize=4096)
def city_names(name: str) -> frozenset[str]:
    """All folded names of the city that has this name, itself among them."""
    folded = fold(" ".join(name.split()))
    return _groups().get(folded, frozenset((folded,)))
