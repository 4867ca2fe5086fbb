"""Words of the shop: what its items are called and how they are described.

A description always draws on its category's own words, so that a reader (or a
text model) can tell the category of an item whose page does not state it.
"""

from dataclasses import dataclass

# category: (nouns, phrases, typical price)
CATEGORIES = {
    "books": (
        ["novel", "atlas", "cookbook", "poetry collection", "field guide", "biography"],
        ["printed on acid-free paper", "with an index and notes", "hardback, sewn binding",
         "a page-turner from the first chapter", "with forty colour plates"], 19.0),
    "kitchen": (
        ["saucepan", "bread knife", "kettle", "mixing bowl", "cutting board", "teapot"],
        ["oven safe to 230 degrees", "dishwasher safe", "for gas and induction hobs",
         "with a handle that stays cool", "brews four cups"], 38.0),
    "garden": (
        ["trowel", "watering can", "planter", "pruning shears", "seed tray", "bird feeder"],
        ["frost resistant down to -20", "for balconies and raised beds",
         "forged steel with an ash handle", "keeps its edge through a season of hedges",
         "drains well after rain"], 27.0),
    "audio": (
        ["headphones", "bookshelf speaker", "turntable", "microphone", "soundbar", "radio"],
        ["flat response from 40 Hz to 20 kHz", "thirty hours on one charge",
         "with a balanced output", "pairs with two devices", "low hum and a warm tone"], 129.0),
    "cycling": (
        ["helmet", "pannier", "floor pump", "saddle", "bike lamp", "chain tool"],
        ["fits racks of 8 to 16 mm", "visible from 800 metres", "tested in two crash standards",
         "for tubeless tyres", "stays quiet on cobbles"], 52.0),
    "camping": (
        ["tent", "sleeping bag", "gas stove", "head torch", "camp chair", "water filter"],
        ["packs down to the size of a loaf", "comfort limit 3 degrees",
         "pitches in four minutes", "waterproof to 4000 mm", "weighs less than a litre of water"],
        84.0),
    "toys": (
        ["wooden train", "puzzle", "kite", "building set", "plush bear", "marble run"],
        ["from three years", "without small parts", "painted with water-based colours",
         "grows with the child", "for rainy afternoons"], 24.0),
    "office": (
        ["desk lamp", "fountain pen", "notebook", "monitor arm", "filing box", "stapler"],
        ["clamps to desks up to 60 mm", "120 g paper that takes ink", "dims in five steps",
         "holds A4 upright", "with a refill included"], 33.0),
    "clothing": (
        ["rain jacket", "merino jumper", "linen shirt", "wool scarf", "work trousers", "socks"],
        ["machine wash at 30", "cut a little wide at the shoulder", "mulesing-free wool",
         "with taped seams", "true to size"], 61.0),
    "pets": (
        ["dog bed", "cat tree", "lead", "aquarium light", "chew toy", "feeding bowl"],
        ["for dogs up to 25 kg", "cover comes off for washing", "sisal posts, screwed not glued",
         "no sharp edges", "calms at thunderstorms"], 35.0),
    "cameras": (
        ["tripod", "prime lens", "camera strap", "flash", "memory card", "lens cloth"],
        ["sharp from f/2.8", "carries 8 kg", "writes 90 MB per second",
         "fits full-frame bodies", "nine rounded aperture blades"], 145.0),
    "crafts": (
        ["yarn", "sketch pad", "watercolour set", "linocut kit", "embroidery hoop", "loom"],
        ["twenty-four lightfast colours", "for beginners, with a booklet", "200 metres a skein",
         "beech, sanded and oiled", "holds up to heavy washes"], 22.0),
}

MAKERS = ["Alder", "Brook", "Cobalt", "Dorn", "Elva", "Fjell", "Gale", "Harrow", "Ister", "Juno",
          "Kern", "Lumen", "Marl", "Nord", "Osier", "Pike", "Quill", "Rowan", "Sable", "Tarn"]
QUALITIES = ["compact", "classic", "light", "sturdy", "folding", "large", "small", "everyday",
             "two-piece", "grey", "blue", "red", "natural", "quiet"]


@dataclass(frozen=True)
class Item:
    """One thing on sale. `price` is in euros; `stated_category` is None where the shop forgot it."""

    id: str
    title: str
    category: str
    stated_category: str | None
    price: float
    description: str


def item_id(index: int) -> str:
    return f"i{index:04d}"


def user_id(index: int) -> str:
    return f"u{index:04d}"


def describe_item(index: int, category: str, rng) -> Item:
    """Draws one item of `category`; `rng` is a random.Random."""
    nouns, phrases, typical_price = CATEGORIES[category]
    noun = rng.choice(nouns)
    title = f"{rng.choice(MAKERS)} {rng.choice(QUALITIES)} {noun} {rng.randrange(100, 999)}"
    first, second = rng.sample(phrases, 2)
    price = max(2.0, typical_price * rng.lognormvariate(0.0, 0.5))
    price = round(price) - 0.01 if rng.random() < 0.6 else round(price, 2)
    stated = None if rng.random() < 0.1 else category
    description = f"A {noun} {first}; {second}. Made by a family firm, delivered in two days."
    return Item(item_id(index), title, category, stated, round(price, 2), description)
