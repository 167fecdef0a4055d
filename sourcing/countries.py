"""Countries and languages: ISO codes, English names and common other names, to one normal name each.

Pure data and look-ups. Source of codes: ISO 3166-1 alpha-2 and ISO 639-1.
"""

import re
from functools import lru_cache

from sourcing.words import fold

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

_LANGUAGES = """\
ar=Arabic; bg=Bulgarian; bn=Bengali; ca=Catalan; cs=Czech; da=Danish; de=German; el=Greek; en=English; es=Spanish;
et=Estonian; fa=Persian; fi=Finnish; fr=French; gu=Gujarati; he=Hebrew; hi=Hindi; hr=Croatian; hu=Hungarian;
id=Indonesian; it=Italian; ja=Japanese; kn=Kannada; ko=Korean; lt=Lithuanian; lv=Latvian; ml=Malayalam; mr=Marathi;
ms=Malay; nl=Dutch; no=Norwegian; pa=Punjabi; pl=Polish; pt=Portuguese; ro=Romanian; ru=Russian; sk=Slovak;
sl=Slovenian; sq=Albanian; sr=Serbian; sv=Swedish; sw=Swahili; ta=Tamil; te=Telugu; th=Thai; tl=Tagalog; tr=Turkish;
uk=Ukrainian; ur=Urdu; vi=Vietnamese; zh=Chinese; af=Afrikaans; am=Amharic; az=Azerbaijani; eu=Basque; ga=Irish;
gl=Galician; hy=Armenian; is=Icelandic; ka=Georgian; kk=Kazakh; km=Khmer; mk=Macedonian; mn=Mongolian; my=Burmese;
ne=Nepali; si=Sinhala; so=Somali; uz=Uzbek
"""
_ALSO_LANGUAGES = {
    "deutsch": "de", "francais": "fr", "espanol": "es", "italiano": "it", "portugues": "pt", "filipino": "tl",
    "farsi": "fa", "mandarin": "zh", "nb": "no", "nn": "no", "iw": "he", "in": "id",
}  # fmt: skip


def _pairs(table: str) -> list[tuple[str, str]]:
    return [(key.strip(), value.strip()) for key, _, value in (item.partition("=") for item in table.split(";"))]


@lru_cache(maxsize=1)
def country_names() -> dict[str, str]:
    """Folded code, name or other name → the normal English name."""
    iso = dict(_pairs(_ISO))
    names = {fold(code): name for code, name in iso.items()} | {fold(name): name for name in iso.values()}
    return names | {fold(other): iso[code] for other, code in _pairs(_ALSO)}


@lru_cache(maxsize=1)
def language_codes() -> dict[str, str]:
    """Folded code or English name → two-letter code."""
    iso = _pairs(_LANGUAGES)
    return {code: code for code, _ in iso} | {fold(name): code for code, name in iso} | _ALSO_LANGUAGES


def told_after_comma() -> frozenset[str]:
    """Names that mean the country where they end an address: "Los Angeles, CA" is not in Canada.

    Full names only; codes of two letters are states of the USA as well, but for UK; so is Georgia.
    """
    return frozenset(name for name in country_names() if len(name) > 2 or name == "uk") - {"georgia"}


def country(text: str) -> str | None:
    """The normal name, or None where the text is no country: country("de") == country("Germany") == "Germany"."""
    return country_names().get(fold(text.strip()))


def language(text: str) -> str | None:
    """The two-letter code of a code, a locale such as de-AT, or an English name; None where it is neither."""
    folded = fold(text.strip())
    return language_codes().get(folded) or language_codes().get(re.split(r" *[-_(]", folded)[0])
