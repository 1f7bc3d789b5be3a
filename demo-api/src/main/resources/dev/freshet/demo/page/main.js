// Puts the page together: the stream's messages go to the parts.

import { Chart } from "./chart.js";
import { Faults } from "./faults.js";
import { byId, count, element, millis, NONE, percent, send, write } from "./format.js";
import { Shelf } from "./shelf.js";

const SHORT = { none: "no cache", ttl: "TTL", app: "app", notify: "NOTIFY", freshet: "Freshet" };
const SILENCE = 5000;
const SLIDERS = ["reads", "writes", "foreign"];

let strategies = [];
let charts;
let shelf;
let faults;
let points = [];
let announced = "";
let heard = Date.now();
/** When a slider was moved last: what is told of before is not what the visitor chose. */
let moved = 0;

function greet(hello) {
  points = hello.points;
  if (charts) return;
  strategies = hello.strategies.map((one) => ({ ...one, short: SHORT[one.id] }));
  write(byId("ttl"), `${hello.ttl_seconds} s`);
  byId("reads").max = String(hello.most_reads);
  byId("writes").max = String(hello.most_writes);
  setSliders(hello.load);
  byId("legend").replaceChildren(...strategies.map((one) => element("span", { class: `key ${one.id}` }, one.title)));
  charts = makeCharts(hello.span_seconds);
  shelf = new Shelf(strategies, hello.ttl_seconds);
  faults = new Faults(strategies);
}

function makeCharts(span) {
  const whole = (value) => (value >= 1000 ? `${value / 1000}k` : String(Math.round(value)));
  const short = (value) => (value >= 1000 ? `${value / 1000} s` : `${value} ms`);
  const rate = (value) => (value === undefined ? NONE : `${count(value)}/s`);
  const of = [
    { id: "stale", title: "Stale reads served, per second", note: "Lower is better; no cache is always at zero.", format: rate, axis: whole, least: 10, pick: (figures) => figures.stale },
    { id: "worst", title: "The worst stale read", note: "How long ago, at most, what was read had been replaced. By powers of ten.", format: millis, axis: short, least: 10000, lowest: 1, pick: (figures) => (figures.stale ? figures.worst : undefined) },
    { id: "latency", title: "Latency of a read, p99", note: "By powers of ten.", format: millis, axis: short, least: 10, lowest: 0.1, pick: (figures) => figures.p99 },
    { id: "queries", title: "Database queries, per second", note: "What is left for PostgreSQL to do.", format: rate, axis: whole, least: 20, pick: (figures) => figures.queries },
  ];
  return of.map((options) => new Chart(byId("plots"), span, strategies, options));
}

function setSliders(load) {
  for (const name of SLIDERS) {
    if (document.activeElement !== byId(name)) byId(name).value = String(load[name]);
  }
  tellSliders();
}

function tellSliders() {
  const [reads, writes, foreign] = SLIDERS.map((name) => byId(name).value);
  for (const [name, text] of [["reads", `${reads} a second`], ["writes", `${writes} a second`], ["foreign", `${foreign} %`]]) {
    write(byId(`${name}-out`), text);
    byId(name).setAttribute("aria-valuetext", text);
  }
}

for (const name of SLIDERS) {
  byId(name).addEventListener("input", () => {
    moved = Date.now();
    tellSliders();
  });
  byId(name).addEventListener("change", async () => {
    moved = Date.now();
    const load = Object.fromEntries(SLIDERS.map((one) => [one, Number(byId(one).value)]));
    try {
      await send("PUT", "arena/load", load);
    } catch (failure) {
      write(byId("announce"), failure.message);
    }
  });
}
byId("load-form").addEventListener("submit", (event) => event.preventDefault());

function score(totals) {
  byId("score-rows").replaceChildren(
    ...strategies.map((one) => {
      const figures = totals[one.id];
      const cell = (label, text, kind = "") => element("td", { role: "cell", class: `number ${kind}`, "data-label": label }, text);
      return element(
        "tr",
        { role: "row", "data-strategy": one.id },
        element("th", { scope: "row", role: "rowheader" }, element("span", { class: `key ${one.id}` }, one.title), element("small", {}, one.explanation)),
        cell("late reads", count(figures.late), figures.late ? "bad strong late" : "good strong late"),
        cell("stale reads", figures.stale ? `${count(figures.stale)} (${share(figures.stale, figures.reads)})` : "0", "stale"),
        cell("worst staleness", figures.stale ? millis(figures.worst) : NONE),
        cell("reads", count(figures.reads)),
        cell("hits", one.id === "none" ? NONE : percent(figures.hits / figures.reads)),
        cell("p50", millis(figures.p50)),
        cell("p99", millis(figures.p99)),
        cell("database queries", count(figures.queries)),
      );
    }),
  );
}

function share(part, whole) {
  const percentage = (100 * part) / whole;
  return percentage < 0.1 ? "under 0.1 %" : `${percentage.toFixed(percentage < 10 ? 1 : 0)} %`;
}

function verdict(totals) {
  const { ttl, freshet } = totals;
  const title =
    freshet.reads === 0
      ? "No reads yet"
      : `TTL has served ${count(ttl.late)} reads that were more than a second old; Freshet ${freshet.late === 0 ? "none" : count(freshet.late)}`;
  write(byId("verdict"), title);
  byId("verdict").dataset.state = freshet.broken ? "bad" : "ok";
}

function promise(tick) {
  const broken = tick.totals.freshet.broken;
  write(
    byId("promise"),
    `${count(tick.own_writes)} writes by the application and ${count(tick.foreign_writes)} by somebody else since the start. ` +
      `${count(tick.applied)} were seen applied to Freshet’s cache, ${count(tick.pending)} not yet. ` +
      `Reads that Freshet served without a change that was applied before they began: ${count(broken)}.`,
  );
  byId("promise").dataset.broken = String(broken);
}

function latency(tick) {
  const { none, freshet } = tick.totals;
  if (!none.mean || !freshet.mean) return;
  const times = none.mean / freshet.mean;
  write(
    byId("latency-text"),
    `At ${tick.load.reads} reads a second by each strategy, ${tick.load.writes} writes a second and ${percent(freshet.hits / freshet.reads)} hits, a read takes ` +
      `${millis(none.mean)} on average without a cache (median ${millis(none.p50)}) and ${millis(freshet.mean)} with Freshet (median ${millis(freshet.p50)}): on average ` +
      (times >= 1 ? `${times.toFixed(1)} times as fast.` : `${(1 / times).toFixed(1)} times as slow.`),
  );
  const highest = Math.max(...strategies.flatMap((one) => [tick.totals[one.id].p99 ?? 0]), 0.001);
  byId("latency-bars").replaceChildren(
    ...strategies.map((one) => {
      const figures = tick.totals[one.id];
      const bar = (name, value) => {
        const line = element("span", { class: `bar ${one.id} ${name}` });
        line.style.width = `${Math.max(0.5, (100 * (value ?? 0)) / highest)}%`;
        return element("p", {}, line, element("span", { class: "amount" }, `${name} ${millis(value)}`));
      };
      const hits = one.id === "none" ? "" : `${percent(figures.hits / figures.reads)} hits`;
      return element("div", { class: "bar-row" }, element("h3", {}, one.title, element("small", {}, hits)), element("div", {}, bar("mean", figures.mean), bar("p50", figures.p50), bar("p99", figures.p99)));
    }),
  );
}

/** Only what changes the picture: not each second's figures. */
function announce(tick) {
  const state = [
    tick.faults.listener ? "" : "The listeners are stopped. ",
    tick.faults.redis ? "" : "Redis is killed. ",
    tick.totals.freshet.broken ? "Freshet broke its promise." : "",
  ].join("");
  if (state !== announced) {
    announced = state;
    write(byId("announce"), state || "All servers run again.");
  }
}

function draw(tick) {
  points.push(tick.point);
  points = points.slice(-200);
  if (Date.now() - moved > 2000) setSliders(tick.load);
  verdict(tick.totals);
  score(tick.totals);
  promise(tick);
  latency(tick);
  faults.show(tick.faults);
  faults.draw(tick.totals, tick.point);
  charts.forEach((chart) => chart.update(points, tick.point.at));
  announce(tick);
}

function link(state, text) {
  byId("link").dataset.state = state;
  write(byId("link"), text);
}

const source = new EventSource("live");
const handle = (kind, handler) =>
  source.addEventListener(kind, (event) => {
    heard = Date.now();
    link("ok", "live");
    handler(JSON.parse(event.data));
  });
handle("hello", greet);
handle("tick", draw);
handle("shelf", (books) => shelf.draw(books));
handle("edits", (edits) => shelf.show(edits));
setInterval(() => {
  if (Date.now() - heard > SILENCE) link("away", "not connected");
}, 1000);
