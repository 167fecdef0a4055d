"""How the invented creators sell: what a caption with a coupon code says, and invented brands that paid for posts."""

#: language → captions; {code} is the creator's own, {brand} an invented brand
CODE_CAPTIONS: dict[str, tuple[str, ...]] = {
    "en": ("use my code {code} at {brand} for 10% off", "discount code {code} works at {brand} all week",
    "{brand} haul, code: {code}"),
    "de": ("mit dem Code {code} spart ihr 10 % bei {brand}", "Werbung | Rabattcode: {code} bei {brand}",
    "Gutschein {code} für {brand}"),
    "fr": ("code promo {code} chez {brand}, -10 %", "avec le code {code} tout {brand} à -10 %"),
    "es": ("código de descuento {code} en {brand}", "con mi código {code} en {brand} tenéis un 10 %"),
    "it": ("codice sconto {code} su {brand}", "con il codice {code} avete il 10 % da {brand}"),
    "pt": ("cupom: {code} na {brand}", "com o cupom {code} tem desconto na {brand}"),
    "nl": ("met code {code} krijg je korting bij {brand}", "kortingscode {code} voor {brand}"),
    "pl": ("kod rabatowy {code} w {brand}", "z kodem {code} taniej w {brand}"),
    "tr": ("{brand} indirim kodu {code}",),
    "ar": ("كود الخصم {brand} code {code}",),
    "ja": ("{brand}のクーポン code: {code}",),
}  # fmt: skip

BRANDS: tuple[str, ...] = (
    "Nordlume", "Casa Tersa", "Fjellby", "Velora", "Kiosk Amber", "Mulberry Row", "Lindenhof", "Pezzo",
    "Ondarela", "Halmstroem",
    "Tide & Thread", "Brot und Bohne", "Maison Perle", "Zielnik", "Kumo Goods", "Studio Salva", "Greenfold",
    "Papierwerk", "Luma Skin", "Rauk",
)  # fmt: skip

#: Short links of affiliate programmes, link lists and own pages, at addresses that nobody can own (RFC 2606).
AFFILIATE_LINKS: tuple[str, ...] = (
    "https://amzn.to/0{tail}", "https://ltk.app/{handle}", "https://shop.example.com/p/{tail}?aff_id={tail}",
    "https://www.example.org/shop?utm_medium=affiliate&utm_source={handle}",
)  # fmt: skip
OTHER_LINKS: tuple[str, ...] = (
    "https://links.example.net/{handle}", "https://www.example.com/{handle}", "https://{handle}.example.org",
)  # fmt: skip
