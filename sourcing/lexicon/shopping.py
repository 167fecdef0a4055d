"""Words of buying and selling: affiliate links, coupon codes, paid posts, shopping talk. For text in lower case.

The links are the networks' own public domains. Codes are read from text as written, because a code is in capitals.
"""

from sourcing.lexicon.patterns import Choice, Pattern, any_of, certain, either_case, spelt

# Short links and click domains of affiliate networks and creators' shop fronts; a link list (linktr.ee) is none.
_HOSTS = (
    "amzn.to", "amzlink.to", "a.co/d", "amazon.*/shop/", "geni.us", "urlgeni.us", "ltk.app", "liketk.it", "shopltk.com",
    "liketoknow.it", "rstyle.me", "shopmy.us", "go.shopmy.us", "howl.me", "howl.link", "fave.co", "narrativ.com",
    "magiclinks.*", "magik.ly", "shopstyle.it", "shop-links.co", "collectivevoice.*", "benable.com", "awin1.com",
    "tidd.ly", "click.linksynergy.com", "prf.hn", "pxf.io", "sjv.io", "7eer.net", "evyy.net", "ojrq.net", "shrsl.com",
    "shareasale.com", "avantlink.com", "flexlinks.com", "anrdoezrs.net", "dpbolvw.net", "jdoqocy.com", "kqzyfj.com",
    "tkqlhce.com", "go.skimresources.com", "go.redirectingat.com", "digidip.net", "tradedoubler.com", "belboon.com",
    "webgains.com", "effiliation.com", "partner-ads.com", "adtraction.com", "track.adtraction.com",
    "s.click.aliexpress.com",
    "a.aliexpress.com", "s.shopee.*", "shope.ee", "temu.to", "onelink.shein.com", "go.hotmart.com", "hotm.art",
    "pay.kiwify.com", "admitad.com", "refersion.com", "lvnta.com", "glnk.io", "try.thrivemarket.com", "mavely.app.link",
    "joinmavely.com", "lefty.io", "stylink.it", "styl.ink", "stylelink.*", "app.metapic.com", "mtpc.se",
    "trck.linkster.co",
    "ceneo.pl/afiliacja", "convertiser.com", "webep1.com", "allegro.pl/kampania",
)  # fmt: skip
_PARAMETERS = (
    "aff_id=", "affid=", "aff=", "affiliate_id=", "affiliate=", "utm_medium=affiliate", "utm_medium=influencer",
    "irclickid=", "clickref=", "awinaffid=", "tag=[a-z0-9_-]{2,30}-2[0-9]",
)  # fmt: skip


def _host(name: str) -> str:
    return spelt(name).replace(r"\*", r"[a-z.]{2,8}")


AFFILIATE_LINK = Pattern.of((
    Choice(
        r"(?:https?://)?(?:www\.)?\b(?:"
        + "|".join(_host(name) for name in sorted(_HOSTS))
        + r")(?:/?[0-9a-z_~?=&%.+-][0-9a-z_~?=&%./+-]*)?",
        tuple(max(name.split("*"), key=len) for name in _HOSTS),
    ),
    Choice(
        r"https?://[0-9a-z_~%./+-]+[?][0-9a-z_~=&%.:/+-]*\b(?:"
        + "|".join(_PARAMETERS)
        + r")[0-9a-z_~=&%.-]*",
        tuple(name.partition("[")[0] for name in _PARAMETERS),
    ),
))  # fmt: skip

_BEFORE_CODE = (
    "use my code", "use the code", "use code", "my code", "with code", "with my code", "with the code", "code is",
    "promo code", "promocode", "discount code", "coupon code", "coupon", "voucher code", "creator code",
    "affiliate code", "referral code", "save with", "off with",
    "mit code", "mit dem code", "mit meinem code", "mein code", "rabattcode", "gutscheincode", "gutschein",
    "code promo", "avec le code", "avec mon code", "mon code", "code réduc", "code de réduction", "code créateur",
    "código de descuento", "código promocional", "código promo", "con mi código", "con el código", "mi código",
    "cupón", "codice sconto", "con il codice", "con il mio codice", "col codice", "mio codice",
    "kortingscode", "met code", "met de code", "met mijn code", "mijn code", "actiecode",
    "código de desconto", "com o código", "com meu código", "meu código", "meu cupom", "com o cupom", "use o cupom",
    "use meu cupom", "cupom", "kod rabatowy", "z kodem", "mój kod", "moim kodem", "kod zniżkowy",
    "indirim kodu", "rabattkod", "rabatkode",
)  # fmt: skip
_CODE_WORDS = ("code", "kod", "código", "codice", "cupom", "cupón", "coupon")
_JOINT = "[ :=\"'“”„«»‘’*(➡→👉🏻🏼️-]{1,6}"
_END = "[^0-9A-Za-z]"


def _words(options: tuple[str, ...], *, any_case: bool) -> str:
    forms = sorted(options, key=lambda word: (-len(word), word))
    if any_case:
        return "|".join(either_case(word) for word in forms)
    return "|".join(f"[{word[0]}{word[0].upper()}]{spelt(word[1:])}" for word in forms)


# Of text as written. What is meant is the group. In a text all in capitals every word looks like a code ("CODE BELOW"),
# so there a code needs figures; elsewhere capitals behind the word are enough.
CODES = (
    Pattern(rf"\b(?:{_words(_CODE_WORDS, any_case=True)}){_JOINT}([A-Z][A-Z_]{{1,15}}[0-9]{{1,3}}){_END}"),
    Pattern(
        rf"\b(?:{_words(_BEFORE_CODE, any_case=True)}){_JOINT}"
        rf"([A-Z]{{2,16}}[0-9]{{1,4}}|[0-9]{{1,3}}[A-Z]{{2,16}}){_END}"
    ),
    Pattern(rf"\b(?:{_words(_BEFORE_CODE, any_case=False)}){_JOINT}([A-Z][A-Z0-9_]{{3,19}}){_END}"),
    Pattern(
        rf"[0-9]{{1,2}} ?% ?(?:[oO][fF][fF]|{either_case('rabatt')})[ :,-]{{1,3}}([A-Z]{{3,16}}[0-9]{{1,3}}){_END}"
    ),
)
#: One cheap look that every code passes.
MAY_HOLD_CODE = Pattern.of(
    Choice(spelt(word), (certain(word),))
    for word in (*_CODE_WORDS, "gutschein", "save with", "off with", "% off", "%off", "rabatt")
)

# Labels of paid posts (trade rules D1 to D3, the strong and the weak ones: here they are evidence, not compliance).
PAID = any_of((
    "#ad", "#ads", "#advert", "#sponsored", "#sponsoredpost", "#sponsoredby", "#paidpartnership", "#paidad",
    "#brandpartner", "#gifted", "#prgifted", "#ambassador", "#brandambassador", "paid partnership", "paid ad",
    "paid_promotion",
    "sponsored by", "in partnership with", "brand ambassador*", "ambassador for", "ambassador of", "ambassador @*",
    "#werbung*", "#anzeige", "#unbezahltewerbung", "werbung |", "werbung*/*", "anzeige |", "[werbung]", "[anzeige]",
    "enthält werbung", "bezahlte partnerschaft", "bezahlte werbung", "markenbotschafter*", "botschafterin für",
    "#pub", "#publicité", "#sponsorisé", "#partenariat*", "#collaborationcommerciale", "collaboration commerciale",
    "partenariat rémunéré", "en partenariat avec", "ambassadrice", "#produitoffert",
    "#publicidad", "#publi", "#patrocinado", "#colaboraciónpagada", "colaboración pagada", "en colaboración con",
    "embajador de", "embajadora de", "#embajador*",
    "#adv", "#pubblicità", "#sponsorizzato", "#suppliedby", "partnership retribuita", "collaborazione retribuita",
    "in collaborazione con", "#giftedby",
    "#advertentie", "#reclame", "#samenwerking", "betaalde samenwerking", "betaald partnerschap", "#spon",
    "#parceriapaga", "#publipost", "#publicidade", "parceria paga", "em parceria com", "embaixador da",
    "embaixadora da",
    "#współpraca*", "#współpracareklamowa", "#reklama", "współpraca reklamowa", "ambasadorka marki", "ambasador marki",
    "#işbirliği", "#reklam", "#betaltsamarbete", "#samarbejde", "#reklame",
))  # fmt: skip

# Talk of buying: what to buy, where, and for less. Words that also mean something else stand only in phrases.
SHOPPING = any_of((
    # English
    "shop my*", "shop the look", "shop with me", "shop here", "shop all my", "shop below", "where to shop",
    "get the look",
    "haul", "hauls", "try on haul", "unboxing", "wishlist", "wish list", "amazon finds", "amazon favorites",
    "amazon favourites", "amazon storefront", "amazon shop", "my storefront", "storefront", "must haves", "must-haves",
    "product review*", "honest review*", "everything linked", "linked below", "links below to shop", "affiliate*",
    "discount*", "% off", "on sale", "best deals", "daily deals", "deal alert", "deals", "coupon*", "voucher*",
    "bargain*", "budget finds", "target finds", "dupe", "dupes", "ltk", "shopltk", "liketoknowit", "shop your",
    "worth the money", "worth buying", "gift guide", "gift ideas", "dealhunter*", "couponing",
    # German
    "rabatt*", "rabattcode*", "gutschein*", "angebote", "schnäppchen", "meine empfehlungen", "meine lieblingsprodukte",
    "lieblingsprodukte", "einkaufstipps", "produkttest*", "produkttester*", "alles verlinkt", "affiliatelink*",
    "kauftipp*",
    "% reduziert", "bestellt bei",
    # French
    "bons plans", "bon plan", "codes promo", "code promo", "réduction", "réductions", "soldes", "mes achats",
    "où acheter",
    "coups de coeur", "liens affiliés", "lien affilié", "idées cadeaux", "tests produits", "vide dressing",
    # Spanish
    "descuento*", "ofertas", "cupón", "cupones", "rebajas", "mis compras", "dónde comprar", "mis favoritos de",
    "enlace de compra", "links de compra", "recomendaciones de compra", "chollo*", "código de descuento",
    # Italian
    "sconto", "sconti", "offerte", "codice sconto", "codici sconto", "saldi", "i miei acquisti", "dove acquistare",
    "recensioni prodotti", "consigli per gli acquisti",
    # Dutch
    "korting", "kortingen", "kortingscode*", "aanbieding*", "koopjes", "uitverkoop", "winactie*", "shoplog*",
    "budgettips",
    # Portuguese
    "desconto", "descontos", "cupom", "cupons", "promoções", "achadinhos", "achados da", "achados de", "comprinhas",
    "ofertas do dia", "links dos produtos", "onde comprar", "recebidos",
    # Polish
    "rabat", "rabaty", "zniżka", "zniżki", "zniżkowy", "promocje", "okazje", "wyprzedaż*", "gdzie kupić",
    "haul zakupowy",
    "kody rabatowe", "polecam produkty",
    # Turkish, Swedish, Danish
    "indirim*", "rabattkod*", "rea", "tilbud", "rabatkode*",
))  # fmt: skip
