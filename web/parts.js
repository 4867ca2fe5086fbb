// Small pieces that every panel is made of.
import { languageNow, say, word } from "./texts.js";

const GOOD = new Set(["done", "succeeded", "ok", "up", "ready", "accepted", "promoted", "passed"]);
const BAD = new Set(["failed", "refused", "lost", "time_limit", "down", "rolled_back", "missed"]);
const BUSY = new Set(["running", "queued", "waiting", "starting", "need_more_data", "undecided"]);
const MARKS = { good: "✓", bad: "✗", busy: "…" };

export function element(tag, content, className) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  for (const part of [content].flat(2)) {
    if (part === undefined || part === null || part === "") continue;
    node.append(part instanceof Node ? part : String(part));
  }
  return node;
}

/** Text that the engine writes in English alone. */
export function english(text) {
  const node = element("span", text);
  node.lang = "en";
  return node;
}

export const soft = (content) => element("p", content, "soft");

/** columns: {title, number?}; rows: arrays of texts or nodes, each as long as columns. */
export function table(caption, columns, rows) {
  const head = element("tr", columns.map((column) => {
    const cell = element("th", column.title, column.number ? "number" : "");
    cell.scope = "col";
    return cell;
  }));
  const body = rows.map((row) => element("tr", row.map((content, i) => {
    const cell = element(i === 0 ? "th" : "td", content, columns[i].number ? "number" : "");
    if (i === 0) cell.scope = "row";
    return cell;
  })));
  const frame = element("div", element("table", [element("caption", caption, "hidden-text"),
    element("thead", head), element("tbody", body)]), "frame");
  frame.tabIndex = 0; // so that the keyboard can scroll a wide table
  frame.setAttribute("role", "region");
  frame.setAttribute("aria-label", caption);
  return frame;
}

/** pairs: [name, text or node]. */
export function facts(pairs) {
  return element("dl", pairs.filter(([, value]) => value !== undefined && value !== null && value !== "")
    .map(([name, value]) => element("div", [element("dt", name), element("dd", value)])), "facts");
}

/** A state reads without colour too. */
export function stateText(state) {
  const kind = GOOD.has(state) ? "good" : BAD.has(state) ? "bad" : BUSY.has(state) ? "busy" : "soft";
  const mark = element("span", MARKS[kind] ?? "·", "mark");
  mark.setAttribute("aria-hidden", "true");
  return element("span", [mark, say(state) === state ? word(state) : say(state)], kind + " whole");
}

export const simulatedMark = (is) => is ? element("span", word("simulated"), "badge") : "";

/** Value and interval as a bar from 0 to 1; the numbers stand beside it as text. */
export function bar(figure) {
  const track = element("span", [], "bar");
  track.setAttribute("aria-hidden", "true");
  if (typeof figure.value !== "number") return track;
  const fill = element("span", [], "fill");
  fill.style.width = 100 * figure.value + "%";
  track.append(fill);
  if (typeof figure.low === "number" && figure.high > figure.low) {
    const spread = element("span", [], "spread");
    spread.style.left = 100 * figure.low + "%";
    spread.style.width = 100 * (figure.high - figure.low) + "%";
    track.append(spread);
  }
  return track;
}

const locale = () => languageNow() === "zh" ? "zh-CN" : "en";

/** Four significant digits: 0.301, 12.3, 57,011. */
export function number(value) {
  if (typeof value !== "number") return "";
  return value.toLocaleString(locale(), Number.isInteger(value) || Math.abs(value) >= 1000
    ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 4 });
}
export const fixed = (value, digits) => typeof value === "number"
  ? value.toLocaleString(locale(), { minimumFractionDigits: digits, maximumFractionDigits: digits }) : "";
export const range = (low, high) => typeof low === "number" && typeof high === "number" && high > low
  ? `${number(low)} … ${number(high)}` : "";
/** 2026-10-31 09:30:00, in the reader's time zone. */
export const moment = (us) => us ? element("span", new Date(us / 1000).toLocaleString("sv-SE"), "whole") : "";
