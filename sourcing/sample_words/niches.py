"""What the invented creators are about: how common a niche is, its emoji, its handle words, what it goes with."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Niche:
    """`weight` is its share of the pool in percent, roughly; `beside` are niches people combine it with."""

    key: str
    weight: float
    emoji: tuple[str, ...]
    handle_words: tuple[str, ...]
    beside: tuple[str, ...]


def _niche(key: str, weight: float, emoji: str, handle_words: str, beside: str) -> Niche:
    return Niche(key, weight, tuple(emoji.split()), tuple(handle_words.split()), tuple(beside.split()))


NICHES: dict[str, Niche] = {
    niche.key: niche
    for niche in (
        _niche("travel", 9.0, "✈️ 🌍 🏝️ 🗺️", "wander travels roam away trip nomad", "photography vegan_food yoga"),
        _niche("fitness", 8.0, "💪 🏋️ 🔥", "fit strong gym lift coach training", "running vegan_food yoga"),
        _niche(
            "slow_fashion",
            6.5,
            "🌿 🧵 🤎 👗",
            "linen slowstyle wardrobe fairwear mended cotton",
            "sustainable_living diy",
        ),
        _niche("makeup", 6.0, "💄 💋 ✨", "makeup glam mua lips beauty blush", "skincare streetwear"),
        _niche("parenting", 6.0, "👶 🤍 🧸", "mama family tribe littles home dad", "home_decor baking diy"),
        _niche("gaming", 6.0, "🎮 🕹️ 👾", "plays gg pixel gamer respawn loot", "tech music"),
        _niche("home_decor", 5.5, "🏡 🛋️ 🕯️", "home haus nest interior livingat rooms", "diy gardening minimal_style"),
        _niche(
            "minimal_style", 5.0, "🤍 🖤 🧥", "minimal neutral basics capsule beige plain", "slow_fashion home_decor"
        ),
        _niche("music", 5.0, "🎶 🎸 🎤", "sings beats sound songs strings vinyl", "dance gaming"),
        _niche("skincare", 4.5, "🧴 💧 🌸", "skin glow serum dewy skincare barefaced", "makeup minimal_style"),
        _niche("photography", 4.5, "📷 🎞️ 📸", "shoots frames film lens analog light", "travel streetwear"),
        _niche(
            "sustainable_living",
            4.0,
            "🌱 ♻️ 🌍",
            "zerowaste green earthly lesswaste consciously eco",
            "slow_fashion vegan_food",
        ),
        _niche("streetwear", 4.0, "👟 🧢 🔥", "fits drip sneaks streetwear kicks hype", "music photography"),
        _niche(
            "vegan_food",
            4.0,
            "🌱 🥑 🥕",
            "veganfoodie plants greenplate veggie bowls vegan",
            "sustainable_living fitness",
        ),
        _niche("baking", 4.0, "🍰 🥐 🧁", "bakes crumbs sourdough sugar cakes flour", "parenting home_decor"),
        _niche("football", 4.0, "⚽ 🏟️", "football goals pitch fc matchday striker", "gaming fitness"),
        _niche("running", 3.5, "🏃 👟 🏅", "runs miles marathon trail pace running", "fitness travel"),
        _niche("dance", 3.5, "💃 🕺 🩰", "dances moves groove steps dance rhythm", "music fitness"),
        _niche("dogs", 3.5, "🐶 🐾 🦴", "paws dog pup barks walkies terrier", "travel parenting"),
        _niche("yoga", 3.0, "🧘 🕉️ 🌞", "yoga breathe flow asana calm mat", "vegan_food skincare"),
        _niche("books", 3.0, "📚 📖 ☕", "reads books pages shelf bookish chapters", "home_decor minimal_style"),
        _niche("tech", 3.0, "💻 📱 🤖", "tech bytes code gadgets dev unboxed", "gaming finance"),
        _niche("diy", 2.5, "🔨 🎨 ✂️", "makes crafts diy workshop handmade builds", "home_decor slow_fashion"),
        _niche("gardening", 2.0, "🪴 🌻 🍅", "garden grows blooms balcony soil plot", "home_decor sustainable_living"),
        _niche("finance", 2.0, "📈 💶 💡", "money invests etf saver finance budget", "tech books"),
        _niche("cats", 1.8, "🐱 🐈 🐾", "cat meow whiskers purrs kitty catlife", "books home_decor"),
    )
}
