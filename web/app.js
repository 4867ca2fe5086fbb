"use strict";
// A read-only page over the queries API. The token comes once in the address's fragment, which
// browsers send to nobody, and stays in this tab alone.

const TEXTS = {
  en: {
    skip: "Skip to content", language: "Language", login: "Token",
    login_label: "Paste the token that fulcrum up printed", login_button: "Continue",
    plan: "Plan", scores: "Scores", jobs: "Jobs", nodes: "Nodes", events: "Last events",
    nothing: "Nothing yet.", absent: "Not part of this server.", no_plan: "No plan has run yet: fulcrum run plan.yaml",
    live: "Live", lost: "Connection lost, trying again", refused: "This token is not valid.",
    step: "Step", state: "State", seconds: "Seconds", started: "Started", cached: "from an earlier run",
    score: "Score", factor: "Factor", value: "Value", interval: "95 % interval", samples: "Samples", next: "Next",
    not_yet: "not yet", not_assessed: "not assessed", weakest: "weakest", missing: "missing", simulated: "simulated",
    name: "Name", node: "Node", cost: "Cost (USD)", devices: "Devices", price: "USD per hour",
    seq: "No.", time: "Time", kind: "What", stream: "About", actor: "Who", decide: "Decide next"
  },
  zh: {
    skip: "跳到内容", language: "语言", login: "令牌",
    login_label: "请粘贴 fulcrum up 打印的令牌", login_button: "继续",
    plan: "计划", scores: "评分", jobs: "作业", nodes: "节点", events: "最近的事件",
    nothing: "暂无。", absent: "此服务器没有该部分。", no_plan: "尚未运行计划：fulcrum run plan.yaml",
    live: "实时", lost: "连接中断，正在重试", refused: "令牌无效。",
    step: "步骤", state: "状态", seconds: "秒", started: "开始", cached: "沿用先前结果",
    score: "评分", factor: "因子", value: "值", interval: "95 % 区间", samples: "样本", next: "下一步",
    not_yet: "尚无", not_assessed: "未评估", weakest: "最弱", missing: "缺少", simulated: "模拟",
    name: "名称", node: "节点", cost: "费用（美元）", devices: "设备", price: "美元/小时",
    seq: "序号", time: "时间", kind: "事件", stream: "对象", actor: "执行者", decide: "下一个决定"
  }
};
const GOOD = new Set(["done", "succeeded", "ok", "up", "ready", "accepted"]);
const BAD = new Set(["failed", "refused", "lost", "time_limit", "down"]);
const BUSY = new Set(["running", "queued", "waiting", "starting"]);
const SHOWN_EVENTS = 20;

let language = "en";
const events = [];

const byId = (id) => document.getElementById(id);
const say = (key) => TEXTS[language][key] ?? key;

function takeToken() {
  const found = /[#&]token=([^&]+)/.exec(location.hash);
  if (found) {
    sessionStorage.setItem("token", decodeURIComponent(found[1]));
    history.replaceState(null, "", location.pathname);
  }
  return sessionStorage.getItem("token");
}

function element(tag, content, className) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  for (const part of [content].flat()) {
    if (part === undefined || part === null) continue;
    node.append(part instanceof Node ? part : String(part));
  }
  return node;
}

/** columns: [{title, number?}]; rows: arrays of texts or nodes. */
function table(caption, columns, rows) {
  const head = element("tr", columns.map((c) => {
    const cell = element("th", c.title, c.number ? "number" : "");
    cell.scope = "col";
    return cell;
  }));
  const body = rows.map((row) => element("tr", row.map((cell, i) => element("td", cell, columns[i].number ? "number" : ""))));
  return element("table", [element("caption", caption, "hidden-text"), element("thead", head), element("tbody", body)]);
}

function stateText(state) {
  const kind = GOOD.has(state) ? "good" : BAD.has(state) ? "bad" : BUSY.has(state) ? "busy" : "soft";
  return element("span", state, kind);
}

const fixed = (value, digits = 3) => typeof value === "number" ? value.toFixed(digits) : "";
const moment = (us) => us ? new Date(us / 1000).toLocaleString(language === "zh" ? "zh-CN" : undefined) : "";

class Refused extends Error {}

async function call(path) {
  const answer = await fetch(path, { headers: { Authorization: "Bearer " + sessionStorage.getItem("token") } });
  if (answer.status === 401) throw new Refused();
  if (answer.status === 404) return null;
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}
const query = (name) => call("api/v1/queries/" + name);

function show(id, content) {
  byId(id).replaceChildren(...[content].flat());
}
const note = (key) => element("p", say(key), "soft");

async function showPlan() {
  const answer = await query("plan.show");
  if (!answer) return show("plan", note("absent"));
  if (!answer.run) return show("plan", note("no_plan"));
  const rows = answer.steps.map((s) => [
    s.step, [stateText(s.state), s.cached ? " (" + say("cached") + ")" : ""], fixed(s.seconds, 1), moment(s.started_us)]);
  show("plan", [
    element("p", [answer.run.plan, " ", stateText(answer.run.state)]),
    table(say("plan"), [{ title: say("step") }, { title: say("state") }, { title: say("seconds"), number: true },
      { title: say("started") }], rows)]);
}

function scorePart(name, score) {
  const value = typeof score.value === "number" ? fixed(score.value) : say("not_yet");
  const title = element("h3", [name.replaceAll("_", " "), ": ", value, score.simulated ? " (" + say("simulated") + ")" : ""]);
  const remarks = [];
  if (score.weakest) remarks.push(element("p", [say("weakest"), ": ", score.weakest.replaceAll("_", " "), score.next ? ". " + score.next : ""], "soft"));
  if (score.missing?.length) remarks.push(element("p", [say("missing"), ": ", score.missing.join(", ").replaceAll("_", " ")], "soft"));
  const rows = Object.entries(score.factors ?? {}).map(([factor, f]) => [
    element("span", factor.replaceAll("_", " "), factor === score.weakest ? "weakest" : ""),
    typeof f.value === "number" ? fixed(f.value) : say("not_assessed"),
    typeof f.low === "number" ? fixed(f.low) + " – " + fixed(f.high) : "",
    f.n || "", f.simulated ? say("simulated") : ""]);
  return [title, ...remarks, table(name, [{ title: say("factor") }, { title: say("value"), number: true },
    { title: say("interval") }, { title: say("samples"), number: true }, { title: "" }], rows)];
}

async function showScores() {
  const answer = await query("score.show");
  if (!answer) return show("scores", note("absent"));
  const scores = Object.entries(answer.scores ?? answer).filter(([, s]) => s && typeof s === "object" && s.factors);
  show("scores", scores.length ? scores.flatMap(([name, s]) => scorePart(name, s)) : note("nothing"));
}

async function showJobs() {
  const answer = await query("job.list?limit=20");
  if (!answer) return show("jobs", note("absent"));
  if (!answer.jobs?.length) return show("jobs", note("nothing"));
  show("jobs", table(say("jobs"), [{ title: say("name") }, { title: say("state") }, { title: say("node") },
    { title: say("started") }, { title: say("cost"), number: true }],
    answer.jobs.map((j) => [j.name || j.job, stateText(j.state), j.node, moment(j.started_us), fixed(j.cost_usd, 4)])));
}

async function showNodes() {
  const answer = await query("node.list");
  if (!answer) return show("nodes", note("absent"));
  if (!answer.nodes?.length) return show("nodes", note("nothing"));
  show("nodes", table(say("nodes"), [{ title: say("node") }, { title: say("state") }, { title: say("devices"), number: true },
    { title: say("price"), number: true }],
    answer.nodes.map((n) => [n.name, stateText(n.availability), n.node.devices.length, fixed(n.node.price_usd_per_hour, 2)])));
}

function showEvents() {
  if (!events.length) return show("events", note("nothing"));
  show("events", table(say("events"), [{ title: say("seq"), number: true }, { title: say("time") }, { title: say("kind") },
    { title: say("stream") }, { title: say("actor") }],
    events.map((e) => [e.seq, moment(e.time_us), e.kind, e.stream, e.actor])));
}

async function fetchNewEvents() {
  const size = (await call("readyz")).seq;
  const known = events.length ? events[0].seq : 0;
  if (size <= known) return false;
  const page = await call("api/v1/ledger?limit=" + SHOWN_EVENTS + "&from=" + Math.max(1, known + 1, size - SHOWN_EVENTS + 1));
  for (const event of page.events) events.unshift(event);
  events.length = Math.min(events.length, SHOWN_EVENTS);
  return true;
}

let round = 0;
async function refresh(all) {
  const changed = await fetchNewEvents();
  round += 1;
  // Scores also move with time; everything else moves with events alone.
  if (changed || all || round % 15 === 0) {
    showEvents();
    await Promise.all([showPlan(), showScores(), showJobs(), showNodes()]);
  }
  byId("state").textContent = say("live");
}

async function loop() {
  for (let first = true; ; first = false) {
    try {
      await refresh(first);
    } catch (error) {
      if (error instanceof Refused) return askForToken(say("refused"));
      byId("state").textContent = say("lost");
    }
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

function askForToken(remark) {
  sessionStorage.removeItem("token");
  byId("state").textContent = remark;
  byId("panels").hidden = true;
  byId("login").hidden = false;
  byId("login-token").focus();
}

function start() {
  byId("login").hidden = true;
  byId("panels").hidden = false;
  loop();
}

function translate() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = say(node.dataset.text);
}

byId("language").addEventListener("change", (change) => {
  language = change.target.value;
  localStorage.setItem("language", language);
  translate();
  if (!byId("panels").hidden) refresh(true).catch(() => {});
});
byId("login-form").addEventListener("submit", (submit) => {
  submit.preventDefault();
  sessionStorage.setItem("token", byId("login-token").value.trim());
  byId("login-token").value = "";
  start();
});

language = localStorage.getItem("language") ?? (navigator.language.startsWith("zh") ? "zh" : "en");
byId("language").value = language;
translate();
if (takeToken()) start(); else askForToken("");
