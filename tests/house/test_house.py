"""The house rules that a machine can check."""
import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCES = sorted(p for folder in ("src", "apps") for p in (ROOT / folder).rglob("*")
                 if p.suffix in (".h", ".cpp"))
# The first argument of what makes an error (base/result.h).
ERROR_CODE = re.compile(
    r'\b(?:usage|failed|refused|conflict|not_found|Failure|\w*[eE]rror)\s*[({]\s*'
    r'(?:(?:\w+::)*ErrorKind::\w+\s*,)?\s*"([a-z_0-9]+\.[a-z_.0-9]+)"')
MAX_FILE_LINES = 600
MAX_FUNCTION_LINES = 80

# What each folder of src may include: itself and everything below it.
PILLARS = ["plan", "data", "sched", "train", "release", "product", "team", "trust"]
BELOW = {"base": []}
BELOW["plot"] = ["base"]
BELOW["ledger"] = ["base"]
BELOW["objects"] = ["base"]
BELOW["exec"] = ["base", "ledger", "objects"]
BELOW["http"] = ["base"]
for pillar in PILLARS:
    BELOW[pillar] = ["base", "plot", "ledger", "objects", "exec", "http"]
BELOW["score"] = ["base", "plot", "ledger", "objects", "exec"] + PILLARS
BELOW["control"] = BELOW["score"] + ["score", "http"]
BELOW["api"] = BELOW["control"] + ["control"]
BELOW["cli"] = BELOW["api"] + ["api"]


def layer(path):
    return path.relative_to(ROOT / "src").parts[0]


def catalogue(name):
    text = (ROOT / f"src/base/{name}.def").read_text("utf-8")
    entries = re.findall(r'TEXT\(\s*"([^"]+)",\s*((?:"(?:[^"\\]|\\.)*"\s*)+)\)', text)
    return {key: "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', body)) for key, body in entries}, [
        key for key, _ in entries]


def functions(lines):
    """(first line, length) of every function body in formatted code: a block that opens outside
    of any other function, behind a parameter list."""
    depth_of_function, start, depth = None, 0, 0
    statement = ""
    for number, line in enumerate(lines, 1):
        code = re.sub(r'"(\\.|[^"\\])*"|\'(\\.|[^\'\\])*\'|//.*', "", line)
        statement += code
        opens, closes = code.count("{"), code.count("}")
        opener = statement.strip()
        if depth_of_function is None and opens > closes:
            is_scope = re.match(r"^(namespace|class|struct|enum|union|extern|#)", opener) or \
                re.search(r"\b(namespace|class|struct|enum)\b[^()]*\{$", opener)
            if not is_scope and ")" in opener:
                depth_of_function, start = depth, number
        depth += opens - closes
        if depth_of_function is not None and depth <= depth_of_function:
            yield start, number - start + 1
            depth_of_function = None
        if code.rstrip().endswith((";", "{", "}", ":")) or not code.strip():
            statement = ""


class Layers(unittest.TestCase):
    def test_an_include_points_down_or_stays(self):
        wrong = []
        for path in SOURCES:
            if path.is_relative_to(ROOT / "apps"):
                continue
            allowed = BELOW[layer(path)] + [layer(path)]
            for name in re.findall(r'#include "([^"]+)"', path.read_text("utf-8")):
                target = name.split("/")[0]
                if target in BELOW and target not in allowed:
                    wrong.append(f"{path.relative_to(ROOT)} includes {name}")
        self.assertEqual(wrong, [])

    def test_every_folder_is_a_known_layer(self):
        self.assertEqual({p.name for p in (ROOT / "src").iterdir() if p.is_dir()} - set(BELOW), set())

    def test_heavy_libraries_stay_in_their_place(self):
        places = {"torch/": ["src/train/torch/"], "boost/beast": ["http_server.cpp"],
                  "yaml-cpp": ["src/plan/document.cpp"], "sqlite3.h": ["src/ledger/"],
                  "CLI/": ["src/cli/", "apps/"], "plplot/": ["src/plot/"]}
        wrong = [f"{path.relative_to(ROOT)} includes {header}"
                 for path in SOURCES for header, allowed in places.items()
                 if re.search(rf"#include <{re.escape(header)}", path.read_text("utf-8"))
                 and not any(place in str(path.relative_to(ROOT)) for place in allowed)
                 and not path.name.endswith("_test.cpp")]
        self.assertEqual(wrong, [])


class Size(unittest.TestCase):
    def test_files_are_read_in_a_sitting(self):
        long = [f"{path.relative_to(ROOT)}: {count} lines" for path in SOURCES
                if (count := len(path.read_text("utf-8").splitlines())) > MAX_FILE_LINES]
        self.assertEqual(long, [])

    def test_functions_fit_a_screen(self):
        long = [f"{path.relative_to(ROOT)}:{start}: {length} lines"
                for path in SOURCES if path.suffix == ".cpp" and not path.name.endswith("_test.cpp")
                for start, length in functions(path.read_text("utf-8").splitlines())
                if length > MAX_FUNCTION_LINES]
        self.assertEqual(long, [])


class Catalogues(unittest.TestCase):
    def test_both_languages_say_the_same(self):
        english, english_order = catalogue("text_en")
        chinese, chinese_order = catalogue("text_zh")
        self.assertEqual(sorted(english), sorted(chinese))
        self.assertEqual(len(english_order), len(set(english_order)))
        self.assertEqual(len(chinese_order), len(set(chinese_order)))
        for key, sentence in english.items():
            self.assertEqual(sorted(re.findall(r"\{[^}]*\}", sentence)),
                             sorted(re.findall(r"\{[^}]*\}", chinese[key])), key)

    def test_every_sentence_that_the_code_asks_for_exists(self):
        english, _ = catalogue("text_en")
        asked = set()
        for path in SOURCES:
            if not path.name.endswith("_test.cpp"):
                asked |= set(re.findall(r'\btext(?:_of)?\(\s*"([a-z_0-9]+\.[a-z_.0-9]+)"', path.read_text("utf-8")))
        self.assertEqual(asked - set(english), set())

    def test_catalogues_are_sorted(self):
        for name in ("text_en", "text_zh", "names_zh"):
            _, order = catalogue(name)
            self.assertEqual(order, sorted(set(order)))

    def test_names_of_the_code_are_translated(self):
        """Summaries, error codes and factors stand in English in the code; names_zh.def has them all,
        and none that the code lost."""
        wanted = set()
        for kind, macro in (("command", "COMMAND"), ("query", r"\w*QUERY")):
            for path in (ROOT / "src").rglob({"command": "commands.def", "query": "queries.def"}[kind]):
                wanted |= {f"{kind}.{name}" for name in re.findall(
                    rf'^{macro}\(\w+,\s*"([^"]+)"', path.read_text("utf-8"), re.MULTILINE)}
        for score, factor in re.findall(r"^FACTOR\((\w+), (\w+),",
                                        (ROOT / "src/score/factors.def").read_text("utf-8"), re.MULTILINE):
            wanted |= {f"factor.{score}.{factor}.{part}" for part in ("definition", "raise", "missing")}
        for path in SOURCES:
            if not path.name.endswith("_test.cpp"):
                wanted |= {f"error.{code}" for code in ERROR_CODE.findall(path.read_text("utf-8"))}
        names, _ = catalogue("names_zh")
        self.assertEqual(sorted(wanted - set(names)), [])
        self.assertEqual(sorted(set(names) - wanted), [])


class Lists(unittest.TestCase):
    def test_every_list_is_expanded(self):
        sources = "\n".join(path.read_text("utf-8") for path in SOURCES)
        for path in sorted((ROOT / "src").rglob("*.def")):
            name = str(path.relative_to(ROOT / "src"))
            bound = path.name in ("commands.def", "queries.def", "events.def") and \
                f"#define FULCRUM_PILLAR {path.parent.name}" in sources
            self.assertTrue(bound or f'#include "{name}"' in sources, f"nobody expands {name}")


class Documents(unittest.TestCase):
    FILES = [ROOT / name for name in subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, text=True,
        capture_output=True, check=True).stdout.split("\n") if name.endswith(".md")]

    def test_relative_links_lead_somewhere(self):
        broken = []
        for path in self.FILES:
            if not path.exists():
                continue
            for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text("utf-8")):
                if "://" not in target and not target.startswith("mailto:") and \
                        not (path.parent / target).exists():
                    broken.append(f"{path.relative_to(ROOT)} -> {target}")
        self.assertEqual(broken, [])

    def test_every_module_has_a_readme(self):
        missing = [p.name for p in (ROOT / "src").iterdir()
                   if p.is_dir() and not (p / "README.md").exists()]
        self.assertEqual(missing, [])

    def test_every_dependency_has_a_reason(self):
        reasons = (ROOT / "docs/dependencies.md").read_text("utf-8").lower()
        packages = (ROOT / "tools/debian-packages.txt").read_text().split("\n")
        missing = [p for p in packages if p and not p.startswith("#") and p.lower() not in reasons]
        self.assertEqual(missing, [])


if __name__ == "__main__":
    unittest.main()
