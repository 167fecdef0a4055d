"""Countries: their ISO 3166-1 codes, English names, and how else people write them. Pure data and look-ups.

Knows no law and no place within a country.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

_ISO = """\
AD=Andorra; AE=United Arab Emirates; AF=Afghanistan; AG=Antigua and Barbuda; AI=Anguilla; AL=Albania; AM=Armenia;
AO=Angola; AQ=Antarctica; AR=Argentina; AS=American Samoa; AT=Austria; AU=Australia; AW=Aruba; AX=Åland Islands;
AZ=Azerbaijan; BA=Bosnia and Herzegovina; BB=Barbados; BD=Bangladesh; BE=Belgium; BF=Burkina Faso; BG=Bulgaria;
BH=Bahrain; BI=Burundi; BJ=Benin; BL=Saint Barthélemy; BM=Bermuda; BN=Brunei; BO=Bolivia; BQ=Caribbean NL; BR=Brazil;
BS=Bahamas; BT=Bhutan; BV=Bouvet Island; BW=Botswana; BY=Belarus; BZ=Belize; CA=Canada; CC=Cocos (Keeling) Islands;
CD=DR Congo; CF=Central African Rep.; CG=Congo; CH=Switzerland; CI=Côte d'Ivoire; CK=Cook Islands; CL=Chile;
CM=Cameroon; CN=China; CO=Colombia; CR=Costa Rica; CU=Cuba; CV=Cape Verde; CW=Curaçao; CX=Christmas Island;
CY=Cyprus; CZ=Czechia; DE=Germany; DJ=Djibouti; DK=Denmark; DM=Dominica; DO=Dominican Republic; DZ=Algeria;
EC=Ecuador; EE=Estonia; EG=Egypt; EH=Western Sahara; ER=Eritrea; ES=Spain; ET=Ethiopia; FI=Finland; FJ=Fiji;
FK=Falkland Islands; FM=Micronesia; FO=Faroe Islands; FR=France; GA=Gabon; GB=United Kingdom; GD=Grenada; GE=Georgia;
GF=French Guiana; GG=Guernsey; GH=Ghana; GI=Gibraltar; GL=Greenland; GM=Gambia; GN=Guinea; GP=Guadeloupe;
GQ=Equatorial Guinea; GR=Greece; GS=South Georgia and the South Sandwich Islands; GT=Guatemala; GU=Guam;
GW=Guinea-Bissau; GY=Guyana; HK=Hong Kong; HM=Heard Island and McDonald Islands; HN=Honduras; HR=Croatia; HT=Haiti;
HU=Hungary; ID=Indonesia; IE=Ireland; IL=Israel; IM=Isle of Man; IN=India; IO=British Indian Ocean Territory;
IQ=Iraq; IR=Iran; IS=Iceland; IT=Italy; JE=Jersey; JM=Jamaica; JO=Jordan; JP=Japan; KE=Kenya; KG=Kyrgyzstan;
KH=Cambodia; KI=Kiribati; KM=Comoros; KN=Saint Kitts and Nevis; KP=North Korea; KR=South Korea; KW=Kuwait;
KY=Cayman Islands; KZ=Kazakhstan; LA=Laos; LB=Lebanon; LC=Saint Lucia; LI=Liechtenstein; LK=Sri Lanka; LR=Liberia;
LS=Lesotho; LT=Lithuania; LU=Luxembourg; LV=Latvia; LY=Libya; MA=Morocco; MC=Monaco; MD=Moldova; ME=Montenegro;
MF=Saint Martin; MG=Madagascar; MH=Marshall Islands; MK=North Macedonia; ML=Mali; MM=Myanmar; MN=Mongolia; MO=Macau;
MP=Northern Mariana Islands; MQ=Martinique; MR=Mauritania; MS=Montserrat; MT=Malta; MU=Mauritius; MV=Maldives;
MW=Malawi; MX=Mexico; MY=Malaysia; MZ=Mozambique; NA=Namibia; NC=New Caledonia; NE=Niger; NF=Norfolk Island;
NG=Nigeria; NI=Nicaragua; NL=Netherlands; NO=Norway; NP=Nepal; NR=Nauru; NU=Niue; NZ=New Zealand; OM=Oman; PA=Panama;
PE=Peru; PF=French Polynesia; PG=Papua New Guinea; PH=Philippines; PK=Pakistan; PL=Poland;
PM=Saint Pierre and Miquelon; PN=Pitcairn; PR=Puerto Rico; PS=Palestine; PT=Portugal; PW=Palau; PY=Paraguay;
QA=Qatar; RE=Réunion; RO=Romania; RS=Serbia; RU=Russia; RW=Rwanda; SA=Saudi Arabia; SB=Solomon Islands;
SC=Seychelles; SD=Sudan; SE=Sweden; SG=Singapore; SH=Saint Helena; SI=Slovenia; SJ=Svalbard and Jan Mayen;
SK=Slovakia; SL=Sierra Leone; SM=San Marino; SN=Senegal; SO=Somalia; SR=Suriname; SS=South Sudan;
ST=Sao Tome and Principe; SV=El Salvador; SX=Sint Maarten; SY=Syria; SZ=Eswatini; TC=Turks and Caicos Is; TD=Chad;
TF=French S. Terr.; TG=Togo; TH=Thailand; TJ=Tajikistan; TK=Tokelau; TL=Timor-Leste; TM=Turkmenistan; TN=Tunisia;
TO=Tonga; TR=Turkey; TT=Trinidad and Tobago; TV=Tuvalu; TW=Taiwan; TZ=Tanzania; UA=Ukraine; UG=Uganda;
UM=US minor outlying islands; US=United States; UY=Uruguay; UZ=Uzbekistan; VA=Vatican City; VC=Saint Vincent;
VE=Venezuela; VG=British Virgin Islands; VI=US Virgin Islands; VN=Vietnam; VU=Vanuatu; WF=Wallis and Futuna;
WS=Samoa; YE=Yemen; YT=Mayotte; ZA=South Africa; ZM=Zambia; ZW=Zimbabwe
"""

#: How else sources in English write them.
_ALSO = """\
usa=US; u.s.=US; u.s.a.=US; united states of america=US; america=US; uk=GB; u.k.=GB; great britain=GB; england=GB;
scotland=GB; wales=GB; northern ireland=GB; united kingdom of great britain and northern ireland=GB; deutschland=DE;
osterreich=AT; schweiz=CH; suisse=CH; holland=NL; the netherlands=NL; nederland=NL; espana=ES; italia=IT; brasil=BR;
turkiye=TR; viet nam=VN; korea=KR; republic of korea=KR; korea, republic of=KR; korea, south=KR; russian federation=RU;
czech republic=CZ; uae=AE; emirates=AE; hong kong sar china=HK; hong kong sar=HK; macao=MO; macao sar china=MO;
taiwan, province of china=TW; tanzania, united republic of=TZ; moldova (the republic of)=MD; moldova, republic of=MD;
iran, islamic republic of=IR; iran (islamic republic of)=IR; ivory coast=CI; swaziland=SZ; burma=MM; macedonia=MK;
venezuela, bolivarian republic of=VE; bolivia, plurinational state of=BO; syrian arab republic=SY; lao pdr=LA;
democratic republic of the congo=CD; congo, the democratic republic of the=CD; republic of the congo=CG; cabo verde=CV;
east timor=TL; brunei darussalam=BN; holy see=VA; palestinian territories=PS; state of palestine=PS; el=GR;
mainland china=CN; peoples republic of china=CN; republic of ireland=IE; new caledonia (france)=NC; canary islands=ES
"""

#: German, Spanish, French, Dutch and Italian names of the countries that creators name most, where they differ.
_IN_OTHER_LANGUAGES = """\
deutschland=DE; bundesrepublik deutschland=DE; alemania=DE; allemagne=DE; duitsland=DE; germania=DE; osterreich=AT;
austria=AT; autriche=AT; oostenrijk=AT; schweiz=CH; suiza=CH; suisse=CH; svizzera=CH; zwitserland=CH;
vereinigte staaten=US; vereinigte staaten von amerika=US; estados unidos=US; estados unidos de america=US; eeuu=US;
ee. uu.=US; ee.uu.=US; etats-unis=US; etats unis=US; verenigde staten=US; stati uniti=US; vereinigtes konigreich=GB;
grossbritannien=GB; reino unido=GB; gran bretana=GB; royaume-uni=GB; royaume uni=GB; grande-bretagne=GB;
angleterre=GB; inglaterra=GB; verenigd koninkrijk=GB; regno unito=GB; kanada=CA; frankreich=FR; francia=FR;
frankrijk=FR; spanien=ES; espagne=ES; spanje=ES; spagna=ES; italien=IT; italie=IT; niederlande=NL; paises bajos=NL;
pays-bas=NL; paesi bassi=NL; belgien=BE; belgica=BE; belgique=BE; belgie=BE; belgio=BE; luxemburg=LU; luxemburgo=LU;
irland=IE; irlanda=IE; irlande=IE; ierland=IE; danemark=DK; dinamarca=DK; denemarken=DK; danimarca=DK; schweden=SE;
suecia=SE; suede=SE; zweden=SE; svezia=SE; norwegen=NO; noruega=NO; norvege=NO; noorwegen=NO; finnland=FI;
finlandia=FI; finlande=FI; island=IS; islandia=IS; islande=IS; polen=PL; polonia=PL; pologne=PL; tschechien=CZ;
tschechische republik=CZ; chequia=CZ; republica checa=CZ; tchequie=CZ; slowakei=SK; eslovaquia=SK; slovaquie=SK;
slowenien=SI; eslovenia=SI; slovenie=SI; ungarn=HU; hungria=HU; hongrie=HU; rumanien=RO; rumania=RO; roumanie=RO;
bulgarien=BG; bulgarie=BG; kroatien=HR; croacia=HR; croatie=HR; griechenland=GR; grecia=GR; grece=GR; zypern=CY;
chipre=CY; chypre=CY; estland=EE; estonie=EE; lettland=LV; letonia=LV; lettonie=LV; litauen=LT; lituania=LT;
lituanie=LT; turkei=TR; turquia=TR; turquie=TR; ukraina=UA; russland=RU; rusia=RU; russie=RU; mexiko=MX; mejico=MX;
mexique=MX; brasilien=BR; brasil=BR; bresil=BR; argentinien=AR; argentine=AR; kolumbien=CO; colombie=CO; peru=PE;
perou=PE; chili=CL; japon=JP; japan=JP; sudkorea=KR; corea del sur=KR; coree du sud=KR; australien=AU; australie=AU;
neuseeland=NZ; nueva zelanda=NZ; nouvelle-zelande=NZ; sudafrika=ZA; sudafrica=ZA; afrique du sud=ZA; indien=IN;
inde=IN; agypten=EG; egipto=EG; egypte=EG; marokko=MA; marruecos=MA; maroc=MA; marokko=MA; liechtenstein=LI
"""
_MARKS = re.compile(r"[\u0300-\u036f]")


def pairs(table: str) -> list[tuple[str, str]]:
    """The `key=value; key=value` of such a table, in order."""
    return [(key.strip(), value.strip()) for key, _, value in (item.partition("=") for item in table.split(";"))]


@lru_cache(maxsize=1)
def names() -> Mapping[str, str]:
    """Two-letter code → the normal English name, as profiles have it."""
    return dict(pairs(_ISO))


@lru_cache(maxsize=1)
def other_names() -> Mapping[str, str]:
    """How else sources in English write a country → its code."""
    return dict(pairs(_ALSO))


def code_of(name: str) -> str:
    """The two-letter code of a country written as a code or as a name in English, German, Spanish, French, Dutch or
    Italian; "" where that is none: code_of("Deutschland") == code_of("de") == "DE"."""
    return _codes().get(_plain(name), "")


def name_of(code: str) -> str:
    """The normal English name of a code, in whatever case; the code itself where it is none."""
    return names().get(code.strip().upper(), code)


@lru_cache(maxsize=1)
def _codes() -> Mapping[str, str]:
    told = {_plain(code): code for code in names()} | {_plain(name): code for code, name in names().items()}
    return {_plain(other): code for other, code in pairs(_IN_OTHER_LANGUAGES)} | dict(other_names()) | told


def _plain(text: str) -> str:
    return " ".join(_MARKS.sub("", unicodedata.normalize("NFKD", text.strip().casefold())).split())
