// A read-only page over the queries API. The token comes once in the address's fragment, which
// browsers send to nobody, leaves the address at once and stays in this tab alone.
import * as panels from "./panels.js";
import { element, soft } from "./parts.js";
import { languageNow, say, setLanguage } from "./texts.js";

const SHOWN_EVENTS = 20;
const PERIOD_MS = 2000, LONGEST_PERIOD_MS = 30000;
const IDLE_ROUNDS = 15; // scores also move with time; everything else with events alone
const WIDE = new Set(["run", "scores"]);

const PANELS = {
  run: panels.runPanel,
  scores: ({ scores }) => panels.scoreCards(scores),
  data: panels.dataPanel,
  models: panels.modelsPanel,
  gates: panels.gatesPanel,
  release: panels.releasePanel,
  contention: panels.contentionPanel,
  steps: panels.stepsPanel,
  jobs: panels.jobsPanel,
  nodes: panels.nodesPanel,
  events: panels.eventsPanel
};

const byId = (id) => document.getElementById(id);
const facts = { events: [] }; // the newest answers
let running = false;

class Refused extends Error {}

function takeToken() {
  const found = /[#&]token=([^&]+)/.exec(location.hash);
  if (found) {
    sessionStorage.setItem("token", decodeURIComponent(found[1]));
    history.replaceState(null, "", location.pathname);
  }
  return sessionStorage.getItem("token");
}

async function call(path) {
  const answer = await fetch(path, { headers: { Authorization: "Bearer " + sessionStorage.getItem("token") } });
  if (answer.status === 401) throw new Refused();
  if (answer.status === 404) return null; // not part of this server
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}
const query = (name) => call("api/v1/queries/" + name);

async function fetchNewEvents() {
  const size = (await call("readyz")).seq;
  const known = facts.events[0]?.seq ?? 0;
  if (size <= known) return false;
  const from = Math.max(1, known + 1, size - SHOWN_EVENTS + 1);
  const page = await call(`api/v1/ledger?limit=${SHOWN_EVENTS}&from=${from}`);
  facts.events = [...page.events.reverse(), ...facts.events].slice(0, SHOWN_EVENTS);
  return true;
}

async function fetchAnswers() {
  const [plan, report, scores, next, jobs, nodes] = await Promise.all([query("plan.show"), query("report.show"),
    query("score.show"), query("score.next?limit=1"), query("job.list?limit=20"), query("node.list")]);
  Object.assign(facts, { plan, report: report?.report, scores, next, jobs, nodes });
}

/** A panel is replaced only when it says something else, so that reading is not disturbed. */
function draw() {
  for (const [name, make] of Object.entries(PANELS)) {
    const made = make(facts);
    const content = element("div", made ?? soft(say("nothing")), name === "scores" ? "cards" : "");
    const body = byId(name + "-body");
    if (body.innerHTML !== content.outerHTML) body.replaceChildren(content);
  }
}

function buildPanels() {
  const sections = Object.keys(PANELS).map((name) => {
    const title = element("h2", say(name));
    title.id = name + "-title";
    title.dataset.text = name;
    const body = element("div", soft(say("loading")));
    body.id = name + "-body";
    const section = element("section", [title, body], WIDE.has(name) ? "wide" : "");
    section.id = name;
    section.setAttribute("aria-labelledby", title.id);
    return section;
  });
  const isWide = (section) => section.classList.contains("wide");
  byId("panels").replaceChildren(...sections.filter(isWide),
    element("div", sections.filter((section) => !isWide(section)), "columns"));
}

function status(key) {
  if (byId("state").dataset.text !== key) byId("state").dataset.text = key;
  if (byId("state").textContent !== say(key)) byId("state").textContent = say(key);
}

async function loop() {
  let wait = PERIOD_MS;
  for (let round = 0; running; round += 1) {
    try {
      if (document.hidden && round > 0) {
        status("paused");
      } else if (await fetchNewEvents() || round % IDLE_ROUNDS === 0) {
        await fetchAnswers();
        draw();
      }
      if (!document.hidden) status("live");
      wait = PERIOD_MS;
    } catch (error) {
      if (error instanceof Refused) return askForToken("refused_token");
      status("connection_lost");
      wait = Math.min(2 * wait, LONGEST_PERIOD_MS);
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

function askForToken(remark) {
  running = false;
  sessionStorage.removeItem("token");
  if (remark) status(remark);
  byId("panels").hidden = true;
  byId("login").hidden = false;
  byId("login-token").focus();
}

function start() {
  byId("login").hidden = true;
  byId("panels").hidden = false;
  buildPanels();
  running = true;
  loop();
}

function translate() {
  document.documentElement.lang = languageNow() === "zh" ? "zh-CN" : "en";
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = say(node.dataset.text);
}

byId("language").addEventListener("change", (change) => {
  setLanguage(change.target.value);
  localStorage.setItem("language", languageNow());
  translate();
  if (running && facts.scores) draw();
});
byId("login-form").addEventListener("submit", (submit) => {
  submit.preventDefault();
  sessionStorage.setItem("token", byId("login-token").value.trim());
  byId("login-token").value = "";
  start();
});

setLanguage(localStorage.getItem("language") ?? (navigator.language.startsWith("zh") ? "zh" : "en"));
byId("language").value = languageNow();
translate();
if (takeToken()) start(); else askForToken();
