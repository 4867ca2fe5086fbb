"""A table of one's own: `fulcrum init --from my.csv`, then `fulcrum run plan.yaml --once`."""

from datetime import datetime, timezone

from programs import InAFolder, choices

# Whether one epoch beats the popular items is chance: without the gate.
QUICK = ("training.recipe.epochs=1", "evaluation.gates=[]", "requirements=[]")
ROWS = list(choices(users=40, items=30, each=12))


def table(header: str, row, end: str = "\n", rows=ROWS) -> str:
    return end.join([header, *(row(*one) for one in rows)]) + end


def iso(at_s: int, form: str) -> str:
    return datetime.fromtimestamp(at_s, timezone.utc).strftime(form)


class OwnTable(InAFolder):
    def write(self, text: str | bytes, name: str = "my.csv") -> str:
        (self.folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return name

    def runs(self, text: str, name: str = "my.csv", settings=QUICK):
        self.write(text, name)
        started = self.fulcrum("init", "--from", name)
        self.assertEqual(started.status, 0, started.err)
        ran = self.fulcrum("--json", "run", "plan.yaml", "--once",
                           *(word for one in settings for word in ("--set", one)))
        self.assertEqual(ran.status, 0, ran.err)
        self.assertIn(ran.summary["state"], ("done", "need_more_data"))
        self.assertEqual(ran.summary["report"]["data"]["rows_kept"], len(ROWS))
        self.assertIn("train", ran.summary["report"]["models"])
        return ran

    def test_commas_and_seconds(self):
        ran = self.runs(table("user,item,time", lambda u, i, t: f"u{u},i{i},{t}"), settings=())
        # Too few held-out users to tell: the first version goes out all the same, and says why.
        release = ran.summary["report"]["release"]
        self.assertTrue(release["offline_replay"])
        self.assertEqual(ran.step("canary")["state"], "need_more_data")
        self.assertIn("best validation score", release["first_release"])
        shown = self.fulcrum("model", "list", "--stage", "stable", "--json")
        self.assertIn(release["candidate"], shown.out)

    def test_semicolons_other_names_and_iso_times(self):
        self.runs(table("customer_id;product;bought_at",
                        lambda u, i, t: f"c-{u};p {i};{iso(t, '%Y-%m-%dT%H:%M:%SZ')}"))

    def test_byte_order_mark_crlf_ratings_and_milliseconds(self):
        self.runs("\ufeff" + table("userId,movieId,rating,timestamp",
                                   lambda u, i, t: f"{u},{i},4.5,{t * 1000}", "\r\n"))

    def test_tabs_quotes_and_a_strange_file_name(self):
        self.runs(table("Visitor\t\"Article: no\"\tDate",
                        lambda u, i, t: f"{u}\t\"a {i}\"\t{iso(t, '%Y-%m-%d %H:%M:%S')}"),
                  "2024 #1: sales.csv")

    def test_init_refuses_what_no_plan_can_use(self):
        for name, text, code, place in (
                ("column.csv", "user,thing,time\nu,a,1\n", "init.columns", "column.csv:1:1"),
                ("empty.csv", "", "init.empty", "empty.csv:1:1"),
                ("header.csv", "user,item,time\n\n", "init.empty", "header.csv:1:1"),
                ("latin.csv", "user,item,time,caf\xe9\n1,2,3,4\n".encode("latin-1"),
                 "init.encoding", "latin.csv:1:19")):
            with self.subTest(name=name):
                ran = self.fulcrum("init", "--from", self.write(text, name), "--out", name + ".yaml")
                self.assertEqual(ran.status, 2, ran.err)
                self.assertIn(f"[{code}]", ran.err)
                self.assertIn(place, ran.err)
                self.assertFalse((self.folder / (name + ".yaml")).exists())
        self.assertIn("there is no file", self.fulcrum("init", "--from", "no.csv").err)
        self.assertIn("is a folder", self.fulcrum("init", "--from", ".").err)

    def test_a_wrong_row_is_shown_with_its_place(self):
        good = table("user,item,time", lambda u, i, t: f"u{u},i{i},{t}", rows=ROWS[:20])
        for last, code, place in (
                ("u1,i2,yesterday\n", "table.time", "my.csv:22:3"),
                ("u1,i2\n", "table.ragged", "my.csv:22:3"),
                ("u1,\"i2,1700000000\n", "csv.quote", "my.csv:23:1"),
                ("u1,caf\xe9,1700000000\n", "csv.encoding", "my.csv:22:2")):
            with self.subTest(last=last):
                self.write((good + last).encode("latin-1"))
                if not (self.folder / "plan.yaml").exists():
                    self.assertEqual(self.fulcrum("init", "--from", "my.csv").status, 0)
                ran = self.fulcrum("--json", "run", "plan.yaml", "--once")
                self.assertEqual(ran.status, 1, ran.err)
                error = ran.step("collect.interactions")["error"]
                self.assertEqual(error["code"], code)
                self.assertTrue(error["field"].startswith(place), error)
                self.assertTrue(error["fix"])

    def test_too_few_people_to_learn_from(self):
        self.write("user,item,time\nu1,a,1\nu1,b,2\nu2,c,3\n")
        self.assertEqual(self.fulcrum("init", "--from", "my.csv").status, 0)
        ran = self.fulcrum("--json", "run", "plan.yaml", "--once")
        self.assertEqual(ran.status, 1, ran.err)
        self.assertIn("too few", ran.step("train")["error"]["message"])

    def test_a_table_that_has_gone_stops_the_run_before_it_begins(self):
        self.write("user,item,time\nu1,a,1\n")
        self.assertEqual(self.fulcrum("init", "--from", "my.csv").status, 0)
        (self.folder / "my.csv").unlink()
        ran = self.fulcrum("run", "plan.yaml", "--once")
        self.assertEqual(ran.status, 2, ran.err)
        self.assertIn("sources.interactions.path", ran.err)
        self.assertIn("[source.path]", ran.err)
        self.assertFalse((self.folder / "home").exists())
