// One function a panel: answers of the queries in, nodes out. Shapes: report.show (run_report.h),
// score.show, score.next, plan.show, job.list, node.list.
import { bar, element, english, facts, fixed, moment, number, range, simulatedMark, soft, stateText, table } from "./parts.js";
import { say, word } from "./texts.js";

const MANY_LOOKS = 8;

export function runPanel({ plan, next }) {
  const run = plan?.run;
  if (!run) return [soft(say("no_plan"))];
  const steps = plan.steps ?? [];
  const cached = steps.filter((step) => step.cached).length;
  const report = run.report ?? {};
  const accepted = report.requirements?.accepted ?? [], open = report.requirements?.open ?? [];
  const decision = next?.decisions?.[0];
  return [
    element("p", [element("strong", run.plan), " ", stateText(run.state)], "headline"),
    facts([
      [say("took"), run.seconds ? `${fixed(run.seconds, 1)} s` : ""],
      [say("steps"), `${number(steps.length)} (${number(cached)} ${say("cached")})`],
      [say("requirements"), accepted.length + open.length ? `${accepted.length} ${say("of")} ${accepted.length + open.length}` : ""],
      [say("spent"), typeof report.spent_usd === "number" ? `${fixed(report.spent_usd, 2)} USD` : ""],
      [say("started"), moment(run.started_us)]]),
    decision ? element("p", [element("strong", say("decide")), ": ", english(decision.action),
      ` (${word(decision.score)}, ${word(decision.factor)})`], "decision") : ""];
}

function factorItem(name, factor, isWeakest) {
  const assessed = typeof factor.value === "number";
  const line = element("p", [element("span", word(name), isWeakest ? "weakest" : ""),
    isWeakest ? element("span", say("weakest"), "badge") : "", simulatedMark(factor.simulated),
    element("span", assessed ? number(factor.value) : say("not_assessed"), assessed ? "value" : "value soft")], "line");
  const beside = assessed ? [range(factor.low, factor.high), factor.n ? `${say("samples")} ${number(factor.n)}` : "",
    factor.target ? `${say("target")} ${factor.target}` : ""].filter(Boolean).join(" · ") : "";
  const item = element("li", [line, bar(factor), beside ? element("p", beside, "soft small") : ""]);
  item.title = factor.definition ?? "";
  return item;
}

function intervalText(figure) {
  const text = range(figure.low, figure.high);
  return text ? `${say("interval")}: ${text}` : "";
}

export function scoreCards(answer) {
  const scores = Object.entries(answer?.scores ?? {});
  if (!scores.length) return [soft(say("nothing"))];
  return scores.map(([name, score]) => {
    const assessed = typeof score.value === "number";
    return element("article", [
      element("h3", [word(name), simulatedMark(score.simulated)]),
      element("p", assessed ? number(score.value) : say(score.state), assessed ? "big" : "big soft"),
      element("p", assessed ? intervalText(score)
        : score.missing?.length ? `${say("missing")}: ${score.missing.map(word).join(", ")}` : "", "soft small"),
      element("ul", Object.entries(score.factors ?? {}).map(([factor, figure]) =>
        factorItem(factor, figure, factor === score.weakest && typeof figure.value === "number"))),
      score.next ? element("p", [say("raises"), ": ", english(score.next)], "small") : ""], "card");
  });
}

export function dataPanel({ report }) {
  const data = report?.data;
  if (!data) return null;
  const judged = report.checks?.cleaning;
  return [
    facts([[say("rows_in"), number(data.rows_in)], [say("rows_kept"), number(data.rows_kept)],
      [say("dropped"), number(data.dropped)], [say("changed"), number(data.changed)],
      [say("judged"), judged ? `${say("precision")} ${number(judged.precision)}, ${say("recall")} ${number(judged.recall)}` : ""]]),
    table(say("by_rule"), [{ title: say("by_rule") }, { title: say("samples"), number: true }],
      Object.entries(data.by_rule ?? {}).sort((a, b) => b[1] - a[1]).map(([rule, count]) => [word(rule), number(count)]))];
}

export function modelsPanel({ report }) {
  const models = Object.entries(report?.models ?? {}).filter(([, entry]) => entry.model);
  if (!models.length) return null;
  const measured = (metrics, name) => [number(metrics[name]),
    element("span", ` ${range(metrics[name + "_low"], metrics[name + "_high"])}`, "soft small")];
  return table(say("models"), [{ title: say("model") }, { title: "NDCG@10" }, { title: "HR@10" },
    { title: "p95, ms", number: true }, { title: say("samples"), number: true }],
    models.map(([id, entry]) => [id, measured(entry.model, "ndcg_at_10"), measured(entry.model, "hr_at_10"),
      number(entry.p95_ms), number(entry.model.n)]));
}

export function gatesPanel({ report }) {
  if (!report?.gates?.length) return null;
  return table(say("gates"), [{ title: say("gate") }, { title: say("figure") }, { title: say("wanted") }, { title: say("state") }],
    report.gates.map((gate) => [gate.gate, `${gate.metric} ${number(gate.value)}`, gate.wanted,
      stateText(gate.passed ? "passed" : "missed")]));
}

export function releasePanel({ report }) {
  const canary = report?.release;
  if (!canary) return null;
  const release = canary.release ?? {};
  const evidence = release.evidence ?? {};
  const arm = (name) => [word(name) === name ? say(name) : word(name), canary[name],
    number(evidence[name + "_rate"]), number(evidence[name]?.samples)];
  const looks = (release.looks ?? []).slice(0, MANY_LOOKS);
  return [
    element("p", [stateText(canary.outcome), " (", word(canary.reason), ") ", simulatedMark(canary.simulated)]),
    evidence.stable ? table(say("release"), [{ title: "" }, { title: say("model") }, { title: say("reward_rate"), number: true },
      { title: say("answers"), number: true }], [arm("candidate"), arm("stable")]) : "",
    evidence.stable ? element("p", `${say("difference")}: ${number(evidence.difference)} (${range(evidence.low, evidence.high)}, ${say("at_any_time")})`) : "",
    looks.length ? table(say("looks"), [{ title: say("look"), number: true }, { title: say("answers"), number: true },
      { title: say("difference") }, { title: say("reason") }], looks.map((look) => [number(look.observation),
      number(look.stable_samples + look.candidate_samples),
      [number(look.difference), element("span", ` ${range(look.low, look.high)}`, "soft small")], word(look.reason)])) : ""];
}

export function contentionPanel({ report }) {
  const contention = report?.contention;
  if (!contention?.runs?.length) return null;
  return [
    element("p", [english(contention.summary), " ", simulatedMark(contention.simulated)]),
    table(say("contention"), [{ title: say("policy") }, { title: say("job") }, { title: say("waited"), number: true },
      { title: say("gpu_hours"), number: true }, { title: say("usd"), number: true }],
      contention.runs.flatMap((run) => run.jobs.map((job) => [run.policy, job.name, fixed(job.wait_s / 3600, 2),
        fixed(job.gpu_hours, 2), fixed(job.cost_usd, 2)])))];
}

export function stepsPanel({ plan }) {
  if (!plan?.steps?.length) return null;
  return table(say("steps"), [{ title: say("step") }, { title: say("state") }, { title: say("seconds"), number: true },
    { title: say("started") }],
    plan.steps.map((step) => [step.step, [stateText(step.state), step.cached ? ` (${say("cached")})` : "",
      step.error?.message ? element("p", english(step.error.message), "small") : ""],
      fixed(step.seconds, 1), moment(step.started_us)]));
}

export function jobsPanel({ jobs }) {
  if (!jobs?.jobs?.length) return null;
  return table(say("jobs"), [{ title: say("name") }, { title: say("state") }, { title: say("node") },
    { title: say("seconds"), number: true }, { title: say("usd"), number: true }, { title: say("started") }],
    jobs.jobs.map((job) => [job.name || job.job.slice(-6), [stateText(job.state), " ", simulatedMark(job.simulated)], job.node,
      job.ended_us && job.started_us ? fixed((job.ended_us - job.started_us) / 1e6, 1) : "", fixed(job.cost_usd, 4),
      moment(job.started_us)]));
}

export function nodesPanel({ nodes }) {
  if (!nodes?.nodes?.length) return null;
  return table(say("nodes"), [{ title: say("node") }, { title: say("state") }, { title: say("devices"), number: true },
    { title: say("gflops"), number: true }, { title: say("price"), number: true }],
    nodes.nodes.map((entry) => [entry.name, [stateText(entry.availability), " ", simulatedMark(entry.node.simulated)],
      `${number(entry.node.devices.length)} × ${entry.node.devices[0]?.model ?? ""}`, number(entry.all_threads_gflop_per_s),
      fixed(entry.node.price_usd_per_hour, 2)]));
}

export function eventsPanel({ events }) {
  if (!events.length) return null;
  return table(say("events"), [{ title: say("seq"), number: true }, { title: say("time") }, { title: say("kind") },
    { title: say("stream") }, { title: say("actor") }],
    events.map((event) => [event.seq, moment(event.time_us), event.kind, event.stream, event.actor]));
}
