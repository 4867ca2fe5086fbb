"""A small shop on the loopback interface, with its API, its web pages and its click logs.

    python3 server.py --seed 7 --dirt 0.1 --log-dir DIR --truth FILE --port-file FILE

The port is written once the shop answers.  SIGTERM or SIGINT stops it.
"""

import argparse
import json
import random
import signal
import sys
import threading
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pages
from clicks import honest_rows
from dirt import NOVEL_KINDS, Planter
from logs import Logs, write_whole
from preference import Shop

FAILURES = 2        # how often a failing page fails before it works


class Site:
    """The shop's answers and what it remembers about its visitors.  Used from many threads."""

    def __init__(self, shop: Shop, log_dir: Path, logs: Logs):
        self.shop, self.log_dir, self.logs = shop, log_dir, logs
        self.records = {"/api/users": pages.user_records(shop), "/api/items": pages.item_records(shop)}
        self._lock = threading.Lock()
        # The users' third page (or the last one there is) and one item's page start out broken.
        broken = random.Random(f"broken/{shop.seed}")
        self._failures_left = {"/api/users": FAILURES,
                               f"/item/{broken.choice(shop.items).id}": FAILURES}
        self.stats = {"requests": 0, "failures_served": 0, "private_fetched": 0, "robots_fetched": 0,
                      "item_pages": 0, "not_modified": 0, "late_file_written": False}

    def answer(self, target: str) -> tuple[int, str, bytes]:
        """(status, content type, body) for a GET of `target`."""
        parts = urlsplit(target)
        query = parse_qs(parts.query)
        path = parts.path
        self._count("requests")
        if path in self.records:
            return self._api(path, query)
        if path == "/stats":
            with self._lock:
                return _json(200, self.stats)
        if path == "/robots.txt":
            self._count("robots_fetched")
            return 200, "text/plain; charset=utf-8", pages.ROBOTS.encode()
        if path == "/":
            return _html(pages.home_page())
        if path.startswith("/private/"):
            self._count("private_fetched")
            return _html(pages.private_page())
        if path == "/catalogue/":
            page = _positive(query, "page", 1)
            return _html(pages.list_page(self.shop, page) if page else None)
        if path.startswith("/item/"):
            return self._item(path)
        return _not_found()

    def _api(self, path: str, query: dict) -> tuple[int, str, bytes]:
        page, per_page = _positive(query, "page", 1), _positive(query, "per_page", 100)
        if not page or not per_page or per_page > 1000:
            return _json(400, {"error": "page and per_page are whole numbers from 1, per_page at most 1000"})
        records = self.records[path]
        last = pages.page_count(len(records), per_page)
        if page == min(3, last) and self._fails(path):
            return _json(503, {"error": "busy, try again"})
        if path == "/api/users" and page == last:
            self._deliver_late_file()
        return _json(200, pages.api_page(records, path, page, per_page))

    def _item(self, path: str) -> tuple[int, str, bytes]:
        index = self.shop.item_index(path.removeprefix("/item/"))
        if index is None:
            return _not_found()
        if self._fails(path):
            return 500, "text/plain; charset=utf-8", b"Something went wrong, please try again.\n"
        self._count("item_pages")
        return _html(pages.item_page(self.shop, self.shop.items[index]))

    def _deliver_late_file(self) -> None:
        with self._lock:
            if not self.stats["late_file_written"]:
                self.logs.write_late(self.log_dir)
                self.stats["late_file_written"] = True

    def _fails(self, path: str) -> bool:
        with self._lock:
            if self._failures_left.get(path, 0) == 0:
                return False
            self._failures_left[path] -= 1
            self.stats["failures_served"] += 1
            return True

    def _count(self, what: str) -> None:
        with self._lock:
            self.stats[what] += 1

    def not_modified(self) -> None:
        self._count("not_modified")


def _positive(query: dict, name: str, default: int) -> int:
    """The query's whole number from 1, the default where it is absent, 0 where it is wrong."""
    text = query.get(name, [str(default)])[0]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _json(status: int, value) -> tuple[int, str, bytes]:
    return status, "application/json", json.dumps(value, ensure_ascii=False).encode()


def _html(body: bytes | None) -> tuple[int, str, bytes]:
    return (200, "text/html; charset=utf-8", body) if body is not None else _not_found()


def _not_found() -> tuple[int, str, bytes]:
    return 404, "text/plain; charset=utf-8", b"No such page.\n"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "shop", ""
    disable_nagle_algorithm = True
    wbufsize = -1               # header and body leave in one piece
    site: Site                  # set by make_server()

    def do_GET(self) -> None:
        self._respond(with_body=True)

    def do_HEAD(self) -> None:
        self._respond(with_body=False)

    def _respond(self, with_body: bool) -> None:
        status, content_type, body = self.site.answer(self.path)
        tag = f'"{zlib.crc32(body):08x}-{len(body)}"'
        if status == 200 and self.headers.get("If-None-Match") == tag:
            self.site.not_modified()
            status, body = 304, b""
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        if status in (200, 304):
            self.send_header("ETag", tag)
        if status >= 500:
            self.send_header("Retry-After", "0")
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def log_message(self, *_) -> None:
        """Quiet: what happened is in /stats."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def make_server(site: Site, port: int) -> Server:
    handler = type("ShopHandler", (Handler,), {"site": site})
    return Server(("127.0.0.1", port), handler)


def build(seed, users, items, dirt, novel, log_dir: Path, truth: Path | None) -> Site:
    """Generates the world, writes logs and truth, and returns the site that serves it."""
    shop = Shop(seed, users, items)
    logs = Logs(Planter(shop, dirt, novel).plant(honest_rows(shop)))
    logs.write(log_dir)
    if truth is not None:
        options = {"seed": seed, "users": users, "items": items, "dirt": dirt, "novel_dirt": novel}
        truth.parent.mkdir(parents=True, exist_ok=True)
        write_whole(truth, json.dumps(logs.truth(shop, options), ensure_ascii=False).encode())
    return Site(shop, log_dir, logs)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--users", type=int, default=2000)
    parser.add_argument("--items", type=int, default=400)
    parser.add_argument("--dirt", type=float, default=0.1, help="share of dirty lines, 0 to 0.3")
    parser.add_argument("--novel-dirt", nargs="?", const="foreign", choices=NOVEL_KINDS,
                        help="one more kind of dirt (foreign where none is named)")
    parser.add_argument("--log-dir", type=Path, required=True)
    parser.add_argument("--truth", type=Path, help="answer key for judge.py and annotators.py")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--port-file", type=Path, help="the port is written here once the shop answers")
    arguments = parser.parse_args()
    if not 0.0 <= arguments.dirt <= 0.3:
        parser.error("--dirt must be between 0 and 0.3")
    return arguments


def main() -> int:
    arguments = parse_arguments()
    try:
        site = build(arguments.seed, arguments.users, arguments.items, arguments.dirt,
                     arguments.novel_dirt, arguments.log_dir, arguments.truth)
        server = make_server(site, arguments.port)
    except (OSError, ValueError) as error:
        print(f"server.py: {error}", file=sys.stderr)
        return 1
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    port = server.server_address[1]
    print(f"shop on http://127.0.0.1:{port}", flush=True)
    if arguments.port_file is not None:
        write_whole(arguments.port_file, f"{port}\n".encode())
    stop.wait()
    server.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
