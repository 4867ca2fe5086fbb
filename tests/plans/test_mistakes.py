"""A mistake in any section of a plan is shown with its place and a way out; nothing runs."""

import re

from programs import SOURCES, InAFolder

PLAN = (SOURCES / "examples/recommender/plan.yaml").read_text()

# section, text of the shop's plan, what stands there instead, code, field, part of the way out.
# The place is that of the text marked by «» in the new one.
RECIPE = re.search(r"recipe: \{.*\}", PLAN).group()
MISTAKES = [
    ("plan", "budget: {usd: 5}", "«bugdet: {usd: 5}", "value.unknown_name", "bugdet",
     "did you mean budget?"),
    ("product", "  goal: Show", "  «gaol: Show", "value.unknown_name", "product.gaol",
     "did you mean goal?"),
    ("requirements", "beats-item-knn, weight: 3}", "beats-item-knn, weight: 3, «due: soon}",
     "plan.due", "requirements[1].due", "2026-10-31"),
    ("requirements", "gate: canary", "«gate: canery", "plan.requirement", "requirements[3].gate",
     "canary"),
    ("services", "    port_file:", "    «port_fil:", "value.unknown_name",
     "services.shop.port_fil", "did you mean port_file?"),
    ("sources", "rate_per_s: 200", "«rate_pers: 200", "value.unknown_name",
     "sources.items.rate_pers", "did you mean rate_per_s?"),
    ("sources", "rate_per_s: 200", "«rate_per_s: fast", "value.type", "sources.items.rate_per_s",
     ""),
    ("sources", "rate_per_s: 200", "«rate_per_s: -1", "value.range", "sources.items.rate_per_s",
     ""),
    ("sources", "kind: crawl", "«kind: craw", "source.kind", "sources.items.kind",
     "did you mean crawl?"),
    ("sources", "rows: ^/item/", "«rows: '^/(item/'", "source.pattern", "sources.items.rows",
     "RE2"),
    ("sources", "[id, title, price]", "[id, «titel, price]", "source.required",
     "sources.items.required[1]", "did you mean title?"),
    ("sources", 'title: "h1"', '«title: "h1["', "selector.syntax", "sources.items.fields.title",
     ""),
    ("sources", "after: users", "«after: user", "plan.step", "sources.clicks.after",
     "did you mean users?"),
    ("sources", 'path: "${shop.folder}/logs", after: users', "«path: nowhere", "source.path",
     "sources.clicks.path", "the plan's folder"),
    ("cleaning", "  users: users", "  «users: user", "plan.step", "cleaning.users",
     "did you mean users?"),
    ("cleaning", "  items: items\n\n", "  items: items\n  «bot_scor: 2\n\n",
     "value.unknown_name", "cleaning.bot_scor", "did you mean bot_score?"),
    ("cleaning", "  items: items\n\n", "  items: items\n  skip_rules: [parse, «bot]\n\n",
     "clean.rule", "cleaning.skip_rules[1]", "did you mean bots?"),
    ("cleaning", "  items: items\n\n", "  items: items\n  window: {«from: spring}\n\n",
     "clean.time", "cleaning.window.from", "ISO 8601"),
    ("checks", '"${clean.decisions}"', '"${claen.decisions}"', "plan.variable", "checks[0]",
     "did you mean ${clean.decisions}?"),
    ("labels", "sample: {}", "sample: {«session: 3}", "value.unknown_name",
     "labels.sample.session", "did you mean sessions?"),
    ("labels", "sample: {}", "sample: {«redundancy: 0}", "value.range",
     "labels.sample.redundancy", ""),
    ("dataset", "retention_days: 365", "«retention_days: -1", "value.type",
     "dataset.retention_days", ""),
    ("cluster", "price_usd_per_hour: 0.05", "«policy: prioritty", "policy.unknown",
     "cluster.policy", "did you mean priority?"),
    ("cluster", "priority: 10", "«priority: 0", "compare.priority",
     "cluster.contention.jobs[2].priority", ""),
    ("cluster", "[fifo, priority]", "[fifo, «priorty]", "policy.unknown",
     "cluster.contention.policies[1]", "did you mean priority?"),
    ("cluster", "gpu_model: P100", "«gpu_modell: P100", "value.unknown_name",
     "cluster.contention.nodes[0].gpu_modell", "did you mean gpu_model?"),
    ("training", RECIPE, "recipe: {model: {«heads: 5}}", "recipe.heads",
     "training.recipe.model.heads", ""),
    ("training", RECIPE, "recipe: {«epoch: 5}", "value.unknown_name",
     "training.recipe.epoch", "did you mean epochs?"),
    ("training", RECIPE, "recipe: {optimizer: {«lr: -1}}", "recipe.range",
     "training.recipe.optimizer.lr", ""),
    ("training", RECIPE, "«holdout_users: 2", "recipe.range", "training.holdout_users", ""),
    ("training", "[popularity, item_knn]", "[popularity, item_knn, «populrity]", "train.baseline",
     "training.baselines[2]", "did you mean popularity?"),
    ("evaluation", "metric: p95_ms, at_most", "«metric: p95_m, at_most", "plan.metric",
     "evaluation.gates[2].metric", "did you mean p95_ms?"),
    ("evaluation", "above: popularity", "«above: populrity", "plan.gate",
     "evaluation.gates[0].above", "popularity"),
    ("release", "policy: {}", "policy: {«alhpa: 0.1}", "value.unknown_name",
     "release.policy.alhpa", "did you mean alpha?"),
    ("release", "policy: {}", "policy: {«alpha: 2}", "policy.range", "release.policy.alpha", ""),
    ("scorecard", "factor: speed", "«factor: sped", "plan.factor", "scorecard[1].factor",
     "did you mean speed?"),
    ("scorecard", "score: team_performance", "«score: teamperformance", "plan.score",
     "scorecard[2].score", "did you mean team_performance?"),
    ("budget", "{usd: 5}", "{«eur: 5}", "value.unknown_name", "budget.eur", "valid names: usd"),
]


class Mistakes(InAFolder):
    def check(self, text: str):
        (self.folder / "plan.yaml").write_text(text)
        return self.fulcrum("run", "plan.yaml", "--dry-run")

    def test_every_section(self):
        for section, old, new, code, field, way_out in MISTAKES:
            with self.subTest(section=section, field=field):
                self.assertIn(old, PLAN)
                text = PLAN.replace(old, new, 1)
                before, mark, _ = text.partition("«")
                ran = self.check(text.replace("«", ""))
                self.assertEqual(ran.status, 2, ran.err)
                self.assertIn(f"[{code}]", ran.err)
                self.assertIn(f": {field}", ran.err)
                self.assertIn(way_out, ran.err)
                if mark:
                    line = before.count("\n") + 1
                    column = len(before) - (before.rfind("\n") + 1) + 1
                    self.assertIn(f"plan.yaml:{line}:{column}: ", ran.err)
                self.assertFalse((self.folder / "home").exists(), "something was opened")

    def test_a_value_known_only_later_is_no_mistake(self):
        ran = self.check(PLAN.replace("rate_per_s: 200", 'rate_per_s: "${shop.rate}"'))
        self.assertEqual(ran.status, 0, ran.err)

    def test_a_mistake_behind_a_value_known_only_later_is_found(self):
        ran = self.check(PLAN.replace("rate_per_s: 200",
                                      'rate_per_s: "${shop.rate}"\n    max_depht: 3'))
        self.assertEqual(ran.status, 2, ran.err)
        self.assertIn("did you mean max_depth?", ran.err)
