"""The shop's web pages and API pages, as plain functions of the shop."""

import random
from html import escape

from catalogue import Item, user_id
from clicks import DAYS, FIRST_DAY
from preference import Shop

ITEMS_A_LIST = 20
COUNTRIES = ["DE", "FR", "NL", "SE", "CN", "ES", "US", "GB"]

ROBOTS = "User-agent: *\nDisallow: /private/\nCrawl-delay: 0\n"


def page_count(total: int, per_page: int) -> int:
    return max(1, -(-total // per_page))


def api_page(records: list[dict], path: str, page: int, per_page: int) -> dict:
    """{"page", "per_page", "total", "data", "next"}; `next` is a path, or null on the last page."""
    start = (page - 1) * per_page
    more = start + per_page < len(records)
    return {"page": page, "per_page": per_page, "total": len(records),
            "data": records[start:start + per_page],
            "next": f"{path}?page={page + 1}&per_page={per_page}" if more else None}


def user_records(shop: Shop) -> list[dict]:
    rng = random.Random(f"accounts/{shop.seed}")
    records = []
    for index in range(shop.user_count):
        joined = FIRST_DAY.toordinal() - rng.randrange(1, 1400)
        records.append({"id": user_id(index), "joined": FIRST_DAY.fromordinal(joined).strftime("%Y-%m-%d"),
                        "country": rng.choice(COUNTRIES), "newsletter": rng.random() < 0.3})
    return records


def item_records(shop: Shop) -> list[dict]:
    return [{"id": item.id, "title": item.title, "category": item.stated_category,
             "price": item.price} for item in shop.items]


def _document(title: str, head: str, body: str) -> bytes:
    return (f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
            f'{head}</head><body>\n<nav><a href="/">Home</a> <a href="/catalogue/?page=1">Catalogue</a></nav>\n'
            f'{body}\n<footer><a href="/private/orders">My orders</a></footer>\n</body></html>\n').encode()


def home_page() -> bytes:
    last = (FIRST_DAY.toordinal() + DAYS - 1)
    day = FIRST_DAY.fromordinal(last).strftime("%d %B %Y")
    return _document("Shop", "", f"<h1>Welcome</h1><p>Last stocktaking: {day}.</p>"
                                 '<p><a href="/catalogue/?page=1">All things on sale</a></p>')


def private_page() -> bytes:
    return _document("My orders", "", "<h1>My orders</h1><p>For signed-in customers.</p>")


def list_page(shop: Shop, page: int) -> bytes | None:
    """One page of the catalogue, or None past its end."""
    last = page_count(shop.item_count, ITEMS_A_LIST)
    if not 1 <= page <= last:
        return None
    rows = []
    for item in shop.items[(page - 1) * ITEMS_A_LIST:page * ITEMS_A_LIST]:
        rows.append(f'<li><a href="{escape(_link(item))}">{escape(item.title)}</a> '
                    f'<span class="price">€{item.price:.2f}</span></li>')
    more = f'<a rel="next" href="/catalogue/?page={page + 1}">Next page</a>' if page < last else ""
    rows_html = "\n".join(rows)
    return _document(f"Catalogue, page {page}", "",
                     f'<h1>Catalogue</h1>\n<ul class="items">\n{rows_html}\n</ul>\n{more}')


def _link(item: Item) -> str:
    """Every fourth item is linked from a campaign: the same page under another address."""
    path = f"/item/{item.id}"
    return path + "?utm_source=list&utm_medium=web&ref=c7" if int(item.id[1:]) % 4 == 1 else path


def item_page(shop: Shop, item: Item) -> bytes:
    """Title, price, category where the shop states it, description, links to two alike."""
    index = int(item.id[1:])
    category = (f'<p class="category">Category: <span itemprop="category">{escape(item.stated_category)}'
                "</span></p>\n" if item.stated_category else "")
    alike = shop.category_members[shop.item_category[index]]
    place = int((alike == index).argmax())
    related = "\n".join(
        f'<li><a href="/item/{other.id}?ref=related">{escape(other.title)}</a></li>'
        for other in (shop.items[int(alike[(place + step) % len(alike)])] for step in (1, 2)))
    return _document(
        item.title, f'<link rel="canonical" href="/item/{item.id}">',
        f'<main itemscope itemtype="https://schema.org/Product" data-item="{item.id}">\n'
        f'<h1 itemprop="name">{escape(item.title)}</h1>\n'
        f'<p class="price">€<span itemprop="price">{item.price:.2f}</span></p>\n{category}'
        f'<p itemprop="description">{escape(item.description)}</p>\n</main>\n'
        f"<h2>More like this</h2>\n<ul>\n{related}\n</ul>")
