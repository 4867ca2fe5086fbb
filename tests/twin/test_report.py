"""`fulcrum sim --report`: a page, plots and data that agree with each other."""

import csv
import json
import re
import unittest
import xml.etree.ElementTree as xml
from html.parser import HTMLParser

from program import InAFolder

JOBS = "job_id,num_gpu,submit_time,iterations,model_name,duration,interval"
NODES = "sn,cpu_milli,memory_mib,gpu,model"
PODS = "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec"


class Cells(HTMLParser):
    """The first table of a page, row by row, and every address that the page names."""

    def __init__(self, page: str):
        super().__init__()
        self.rows, self.addresses, self._tables, self._open = [], [], 0, False
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.addresses += [value for name, value in attributes if name in ("src", "href")]
        self._tables += tag == "table"
        if self._tables == 1 and tag == "tr":
            self.rows.append([])
        if self._tables == 1 and tag in ("th", "td"):
            self.rows[-1].append("")
            self._open = True

    def handle_endtag(self, tag):
        if tag in ("th", "td"):
            self._open = False

    def handle_data(self, data):
        if self._open:
            self.rows[-1][-1] += data


class Reports(InAFolder):
    def check_files(self, plots: set[str]) -> Cells:
        folder = self.folder / "report"
        self.assertEqual({path.name for path in folder.iterdir()},
                         plots | {"index.html", "results.json", "results.csv"})
        for plot in plots:
            self.assertTrue(xml.parse(folder / plot).getroot().tag.endswith("svg"), plot)
        page = Cells((folder / "index.html").read_text("utf-8"))
        self.assertEqual(len(page.addresses), len(plots))
        for address in page.addresses:
            self.assertTrue(address.startswith("data:image/svg+xml;base64,"), address[:60])
        return page

    def test_of_a_replay(self):
        jobs = [(i, 1 + i % 4, 20 * i, 1, "ab"[i % 2], 60 + 37 * i % 200, 1) for i in range(60)]
        trace = self.write("jobs.csv", JOBS, jobs)
        answer = self.ask("sim", "--format", "tiresias", "--cluster", "2x4", "--trace", trace,
                          "--policy", "fifo,sjf", "--seeds", "2", "--report", "report")
        page = self.check_files({"utilization.svg", "queue.svg", "fragmentation.svg", "wait.svg",
                                 "jct.svg", "groups.svg"})
        self.assertEqual([row[0] for row in page.rows[1:]],
                         ["fifo #0", "fifo #1", "sjf #0", "sjf #1"])
        column = page.rows[0].index("utilization")
        for row, run in zip(page.rows[1:], answer["runs"]):
            self.assertAlmostEqual(float(row[column]), run["utilization"], places=4)
        saved = json.loads((self.folder / "report/results.json").read_text())
        self.assertEqual(len(saved["timelines"]), 4)
        for timeline in saved["timelines"]:
            held, free = timeline["utilization"], timeline["detail"]["fragmentation"]
            for utilization, fragmentation in zip(held, free, strict=True):
                self.assertLessEqual(utilization + fragmentation, 1 + 1e-9)
        with (self.folder / "report/results.csv").open() as file:
            self.assertEqual([line["policy"] for line in csv.DictReader(file)],
                             ["fifo", "fifo", "sjf", "sjf"])

    def test_in_chinese(self):
        trace = self.write("jobs.csv", JOBS, [(0, 1, 0, 1, "a", 60, 1), (1, 1, 1, 1, "a", 60, 1)])
        self.ask("--lang", "zh", "sim", "--format", "tiresias", "--cluster", "1x1", "--trace",
                 trace, "--report", "report")
        page = (self.folder / "report/index.html").read_text("utf-8")
        self.assertIn("全部运行", page)
        self.assertFalse(re.findall(r"report\.[a-z_]+", page), "a sentence is missing")

    def test_of_tasks_that_stay(self):
        nodes = self.write("nodes.csv", NODES, [(f"n{i}", 64000, 1024, 4, "P100") for i in range(60)])
        pods = self.write("pods.csv", PODS,
                          [(f"p{i}", 1000, 10, 1, 300 + 100 * (i % 5), "") for i in range(200)])
        answer = self.ask("sim", "--format", "openb", "--nodes", nodes, "--trace", pods,
                          "--policy", "random,fgd", "--load", "1.2", "--seed", "42",
                          "--report", "report")
        page = self.check_files({"allocation.svg", "fragmentation.svg"})
        column = page.rows[0].index("allocated % at 1.2")
        for row, run in zip(page.rows[1:], answer):
            self.assertAlmostEqual(float(row[column]), 100 * run["allocation_ratio"]["1.2"],
                                   places=2)
        saved = json.loads((self.folder / "report/results.json").read_text())
        for run in saved["runs"]:
            for sample in run["samples"]:
                self.assertLessEqual(sample["allocated"] + sample["fragmented"], 1 + 1e-9)

    def test_that_cannot_be_written(self):
        (self.folder / "report").write_text("a file, not a folder")
        trace = self.write("jobs.csv", JOBS, [(0, 1, 0, 1, "a", 60, 1)])
        ran = self.fulcrum("--json", "sim", "--format", "tiresias", "--cluster", "1x1", "--trace",
                           trace, "--report", "report")
        self.assertEqual(ran.status, 1)
        self.assertTrue(ran.error["code"].startswith("file."), ran.error)


if __name__ == "__main__":
    unittest.main()
