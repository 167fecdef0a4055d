"""What handles, names and bios of shops, brands and repost pages say, and what only persons say. For lower case.

Each list belongs to one place. "Clear" phrases are those that hardly anybody but such an account writes of itself.
"""

from dataclasses import dataclass

from sourcing.lexicon.patterns import Pattern, any_of, spelt

_TRADE = (
    "shop", "shops", "store", "stores", "boutique", "outlet", "clothing", "apparel", "jewelry", "jewellery",
    "cosmetics",
    "eyewear", "footwear", "swimwear", "activewear", "lingerie", "furniture", "bakery", "restaurant",
    "gmbh", "ltd", "llc", "inc", "spa", "tienda", "zapatos", "joyería", "boutik", "magasin", "bijoux",
    "negozio", "gioielli", "abbigliamento", "sieraden", "loja", "sklep", "butik", "moda_store",
    "schmuck", "modehaus", "onlineshop", "webshop", "wholesale", "showroom", "supplements",
)  # fmt: skip
_REPOSTS = (
    "reposts", "repost", "fanpage", "fan page", "fan account", "fanclub", "fan club", "fanpages", "memes", "meme",
    "quotes",
    "inspo", "inspos", "inspirations", "feature", "features", "bestof", "best of", "dailydose", "daily dose",
    "compilation",
    "clips", "feed", "feeds", "frases", "citations", "zitate", "lifequotes", "lovequotes", "updates",
)  # fmt: skip


def _in_handle(words: tuple[str, ...]) -> str:
    """As a part between dots and underscores, or at either end of a handle from five letters on."""
    forms = [spelt(word.replace(" ", "")) for word in words]
    long = [spelt(word.replace(" ", "")) for word in words if len(word) >= 5]
    return f" (?:{'|'.join(long)})|(?:{'|'.join(long)}) |[ ._](?:{'|'.join(forms)})[ ._0-9]"


#: Handles are searched with a space put before and behind them.
HANDLE_BRAND = Pattern(rf"{_in_handle(_TRADE)}|[ ._](?:theshop|shop)[a-z]{{3,}} |[a-z]{{4,}}shop |[._](?:co|brand) ")
HANDLE_REPOSTS = Pattern(rf"{_in_handle(_REPOSTS)}|[ ._](?:daily|the?best)[._]?[a-z]{{3,}} |[a-z]{{3,}}[._]?daily ")

NAME_BRAND = any_of((*(word for word in _TRADE if word != "spa"), "®", "™", "official store", "official shop"))
NAME_REPOSTS = any_of((*_REPOSTS, "fandom"))

#: On their own enough. With an article: "of the Falcons" is a club, "of Lena Maier" a footballer.
BIO_BRAND_OFFICIAL = any_of((
    "official account of the", "official page of the", "official instagram of the", "official tiktok of the",
    "official youtube of the", "official instagram account of the", "official instagram account for the",
    "official account for the", "official online store", "official brand account", "official store account",
    "offizieller account der", "offizieller account des", "offizieller kanal der", "offizieller kanal des",
    "compte officiel de la", "compte officiel du", "page officielle de la", "page officielle du",
    "cuenta oficial de la", "cuenta oficial del", "página oficial de la", "página oficial del",
    "pagina ufficiale della", "pagina ufficiale del", "profilo ufficiale della", "profilo ufficiale del",
    "perfil oficial da", "conta oficial da", "oficjalny profil marki",
))  # fmt: skip
#: Nearly enough: a person who sells prints says one of them, a shop says more.
BIO_BRAND_CLEAR = any_of((
    "official account of", "official page of", "official instagram of", "official tiktok of", "compte officiel de",
    "cuenta oficial de", "pagina ufficiale di", "offizieller account von",
    "we ship", "we deliver", "ships worldwide", "shipping worldwide", "worldwide shipping", "free worldwide shipping",
    "free shipping on", "free delivery on", "we ship worldwide", "cash on delivery", "our stores", "our store",
    "our shops",
    "our products", "our customers", "our collection", "our new collection", "our boutique", "customer service",
    "customer care",
    "for orders", "place your order", "place your orders", "order now", "order via", "order online", "shop online",
   
    "wholesale inquir*",
    "weltweiter versand", "versandkostenfrei", "kostenloser versand",
    "versand weltweit", "eu-weiter versand", "versand eu-weit", "unser shop", "unser onlineshop", "unsere produkte",
    "unsere filialen",
    "livraison gratuite", "livraison offerte", "livraison partout", "livraison mondiale",
    "notre boutique", "nos boutiques", "nos produits", "envío gratis", "envíos gratis",
    "envíos a todo*", "hacemos envíos", "envíos nacionales", "nuestra tienda", "nuestros productos", "tienda online",
    "tienda física",
    "spedizione gratuita", "spedizioni in tutt*",
    "spedizioni gratuite", "il nostro negozio", "i nostri prodotti", "i nostri negozi", "gratis verzending",
    "gratis verzonden",
    "onze winkel", "onze producten", "voor 22*uur besteld", "frete grátis", "enviamos para todo*", "entregamos em*",
    "nossa loja",
    "nossos produtos", "loja online", "loja física", "darmowa dostawa", "darmowa wysyłka",
    "wysyłka na cały świat", "wysyłka w 24h", "nasz sklep", "nasze produkty", "sklep internetowy",
    "ücretsiz kargo", "kapıda ödeme", "sipariş için", "tüm türkiye'ye kargo",
))  # fmt: skip
BIO_BRAND = any_of((
    "free shipping", "free delivery", "shop now", "shop the*collection", 
    "whatsapp*", "new arrivals", "new collection", "handmade by us", "tag us", "follow us", "visit us", "contact us",
    "join us", "we are", "we're", "handcrafted", "established", "opening hours",
    "in stock", "sizes", "collection*",
    "bestellen", "öffnungszeiten", "offizielle seite", "handgemacht in", "onlineshop",
    "commande*", "fait main", "nouvelle collection",
    "pedidos", "hecho a mano", "ordina",
    "fatto a mano", "bestel", "webshop", "handgemaakt", "encomendas", 
    "feito à mão", "zamówienia", "ręcznie robione", "sipariş",
))  # fmt: skip
BIO_REPOSTS_CLEAR = any_of((
    "dm for credit*", "dm for removal*", "dm for remove", "dm to remove", "credit to owner*", "credits to owner*",
    "credit to the owner*", "credits to the owner*", "credit to respective owner*", "credits to respective owner*",
    "all credits to", "all credit to", "feature page", "features page", "tag us to be featured",
    "tag us to get featured",
    "tag us for a feature", "tag us for a chance to be featured", "we do not own", "we don't own", "we don’t own",
    "not our content", "no own content", "repost page", "not impersonating", "kein eigener content", "credits im post",
    "crédits dans le post", "créditos a sus autores", "crediti nel post", "créditos no post", "créditos na legenda",
    "pagina fan", "page de fans", "cuenta fan", "conta de fãs",
))  # fmt: skip
#: Nearly enough.
BIO_REPOSTS_STRONG = any_of((
    "to be featured", "to get featured", "for a feature", "dm for feature*", "dm for a feature*", "credit in post*",
    "credits in post*", "credit in caption*", "credits in caption*", "credit goes to", "i don't own any", "fan page",
    "fanpage", "fan account", "unofficial fan*", "dm for shoutout*", "dm for paid promo*", "fanseite", "markiere uns",
    "markiert uns", "crédits en post", "compte fan", "tag nous*", "taguez-nous", "créditos en el post", "etiquétanos",
    "club de fans", "taggaci", "fanaccount", "tag ons", "fã clube", "marque a gente", "oznacz nas", "strona fanów",
))  # fmt: skip
BIO_REPOSTS = any_of((
    "follow for more", "follow us for*", "follow for daily*", "daily dose of", "your daily dose*", "daily posts",
    "daily content", "the best of", "turn on post notifications", "turn on notifications", "shoutout*", "reposts",
    "we repost", "featuring the best", "memes", "quotes", "hub for", "community of",
    "täglich", "deine tägliche dosis*", "das beste aus*", "votre dose*", "ta dose*", "le meilleur de*", "tu dosis*",
    "lo mejor de*", "la tua dose*", "il meglio di*", "jouw dagelijkse*", "het beste van*", "sua dose diária*",
    "o melhor de*", "twoja codzienna*", "najlepsze z*", "síguenos*", "frases", "citations", "zitate",
))  # fmt: skip
#: A person speaking. Keeps "ania | fashion blogger, my shop ↓" a person.
BIO_PERSON = any_of((
    "i", "i'm", "i’m", "im", "i am", "me", "my", "myself", "mom", "mum", "mama", "mommy", "mummy", "dad", "father",
    "mother",
    "wife", "husband", "girl mom", "boy mom", "blogger*", "vlogger*", "influencer", "content creator", "creator",
    "youtuber", "tiktoker",
    "streamer", "founder", "co-founder", "cofounder", "owner of", "ceo", "entrepreneur", "author", "writer", "actor",
    "actress",
    "singer", "model", "athlete", "dancer", "artist", "illustrator", "illustration*", "musician", "photographer",
    "photo", "coach", "designer", "student", "teacher", "chef",
    "she/her", "he/him", "they/them", "years old", "y/o", "yrs", "personal blog*", "personal account",
    "digital creator", "stylist",
    "makeup artist", "mua", "bio", "dj", "rapper", "comedian", "producer", "director", "public figure", "journalist",
    "host", "presenter",
    "ich", "mein", "meine", "mami", "papa", "bloggerin", "autorin", "je", "moi", "mon", "ma", "mes", "maman",
    "blogueuse",
    "créatrice", "yo", "mi", "mis", "soy", "mamá", "ilustrador*", "ilustracion*", "actriz", "cantante", "creadora",
    "io", "mio", "mia", "mamma", "sono",
    "ik", "mijn", "moeder", "eu", "meu", "minha", "mãe", "sou", "atriz", "cantora", "jestem", "moja", "mój", "moje",
    "mamą", "ben",
    "benim", "anne", "annesi",
))  # fmt: skip

PERSON, BRAND, REPOSTS = 0, 1, 2
ENOUGH = 4
#: points of an account that the platform calls a business: creators have such accounts too
BUSINESS_POINTS = 1
#: taken away where the bio speaks as a person
PERSON_POINTS = 3


@dataclass(frozen=True)
class Clue:
    """One place where a kind of account shows: `place` is handle, name or bio."""

    place: str
    points: int
    pattern: Pattern


BRAND_CLUES = (
    Clue("handle", 2, HANDLE_BRAND),
    Clue("name", 2, NAME_BRAND),
    Clue("bio", 4, BIO_BRAND_OFFICIAL),
    Clue("bio", 3, BIO_BRAND_CLEAR),
    Clue("bio", 1, BIO_BRAND),
)
REPOST_CLUES = (
    Clue("handle", 2, HANDLE_REPOSTS),
    Clue("name", 2, NAME_REPOSTS),
    Clue("bio", 4, BIO_REPOSTS_CLEAR),
    Clue("bio", 3, BIO_REPOSTS_STRONG),
    Clue("bio", 1, BIO_REPOSTS),
)
PERSON_CLUE = Clue("bio", PERSON_POINTS, BIO_PERSON)
