// Puts the page together: the stream's messages go to the parts, each second the verdict is drawn anew.

import { Caches } from "./caches.js";
import { Chart } from "./chart.js";
import { behind, Flow, stages } from "./flow.js";
import { byId, clock, count, element, millis, NONE, rate, seconds, write } from "./format.js";
import { Explain } from "./explain.js";
import { showIncidents } from "./incidents.js";
import { Letters } from "./letters.js";
import { Stream } from "./stream.js";

const OLD = 8000;
const UNKNOWN = { state: "unknown", summary: "not told yet" };

const flow = new Flow();
const letters = new Letters();
const explain = new Explain();
let caches;
let charts;
let hello;
let status;
let tick;
let lostSince;
/** By second, the oldest first. What is missing while the writer is silent is added from the page's own clock. */
let points = new Map();
/** How far the writer's clock is ahead of the page's, in ms. */
let ahead = 0;

const now = () => Date.now() + ahead;

function greet(told) {
  hello = told;
  // Another process may answer now; what it knows follows at once.
  status = undefined;
  tick = undefined;
  ahead = told.now - Date.now();
  write(byId("pipeline"), told.pipeline);
  write(byId("version"), told.version);
  caches = new Caches(told.caches);
  explain.tables(told.tables);
  letters.allow(told.actions);
  told.points.forEach(remember);
  charts ??= makeCharts(told);
}

function makeCharts(told) {
  const parent = byId("plots");
  const plain = (value) => count(value);
  return [
    new Chart(parent, told.span_seconds, {
      id: "staleness",
      title: "Staleness",
      format: seconds,
      axis: (value) => (value < 1 && value > 0 ? `${value} s` : `${Math.round(value)} s`),
      least: 5,
      series: [{ key: "staleness", label: "staleness" }],
      limit: () => told.staleness_limit,
    }),
    new Chart(parent, told.span_seconds, {
      id: "lag",
      title: "Records to apply, all partitions",
      format: (value) => (value === undefined ? NONE : `${count(value)} ${value === 1 ? "record" : "records"}`),
      axis: plain,
      least: 10,
      series: [{ key: "lag", label: "records" }],
    }),
    new Chart(parent, told.span_seconds, {
      id: "latency",
      title: "Commit to Redis",
      format: millis,
      axis: (value) => (value >= 1000 ? `${value / 1000} s` : `${value} ms`),
      least: 10,
      series: [
        { key: "p99", label: "p99" },
        { key: "p50", label: "p50" },
      ],
    }),
    new Chart(parent, told.span_seconds, {
      id: "throughput",
      title: "Throughput of this writer, per second",
      format: rate,
      axis: plain,
      least: 10,
      series: [
        { key: "changes", label: "changes" },
        { key: "deleted", label: "keys deleted" },
        { key: "refreshed", label: "keys refreshed" },
      ],
    }),
  ];
}

function remember(point) {
  points.set(Math.round(point.at / 1000), point);
}

function prune() {
  const oldest = now() / 1000 - (hello?.span_seconds ?? 600) - 5;
  const kept = [...points].filter(([second]) => second >= oldest).sort(([one], [other]) => one - other);
  points = new Map(kept);
}

/** Nothing is applied while nobody tells: it has aged since the last word. */
function guess() {
  const told = tick?.point;
  if (told?.staleness === undefined) return undefined;
  return told.staleness + Math.max(0, now() - told.at) / 1000;
}

function verdict(five) {
  if (lostSince !== undefined) {
    const since = `since ${clock(lostSince)}`;
    return hello
      ? { state: "away", key: "lost", title: `The writer does not answer ${since}`, detail: "This page asks again every few seconds. What it shows of the other stages is from before.", mend: "see whether the writer runs, and its log; freshet status asks the servers themselves" }
      : { state: "away", key: "lost", title: "The writer does not answer", detail: "This page asks again every few seconds.", mend: "see whether the writer runs, and its log" };
  }
  if (!status) return { state: "unknown", key: "unknown", title: "Asking the servers", detail: "PostgreSQL, Kafka and Redis have not answered yet." };
  const worst = behind(five);
  if (worst) {
    const word = worst.state === "away" ? "away" : "behind";
    return { state: worst.state, key: `${worst.name} ${word}`, title: `${/^[a-z]/.test(worst.name) ? "The " : ""}${worst.name} is ${word}`, detail: worst.summary, mend: worst.mend };
  }
  const parked = status.stages.find((stage) => stage.name === "dead letters");
  if (parked?.state === "broken") {
    return { state: "warn", key: "letters", title: parked.open === 1 ? "1 record could not be applied" : `${count(parked.open)} records could not be applied`, detail: "All else is fresh; what it may have changed was removed from the caches.", mend: "look at the dead letters below" };
  }
  if (Object.values(five).some((stage) => stage.state === "unknown")) {
    return { state: "unknown", key: "foreign", title: "No stage is known to be behind", detail: Object.values(five).find((stage) => stage.state === "unknown").summary };
  }
  return { state: "ok", key: "ok", title: "The caches are fresh", detail: "Every stage keeps up." };
}

let announced;

function draw() {
  prune();
  const five = status ? stages(status) : { PostgreSQL: UNKNOWN, listener: UNKNOWN, Kafka: UNKNOWN, writer: UNKNOWN, Redis: UNKNOWN };
  if (lostSince !== undefined) {
    for (const name of Object.keys(five)) five[name] = { ...five[name], state: "unknown", mend: undefined, summary: `as of ${clock(lostSince)}` };
    five.writer = { state: "broken", figure: "silent", summary: `does not answer since ${clock(lostSince)}, for ${seconds((Date.now() - lostSince) / 1000)}` };
  }
  flow.draw(five, status, tick);
  const told = verdict(five);
  byId("verdict").dataset.state = told.state;
  write(byId("verdict-title"), told.title);
  write(byId("verdict-detail"), told.detail);
  byId("verdict-mend").hidden = !told.mend;
  write(byId("verdict-mend"), told.mend ? `→ ${told.mend}` : "");
  write(byId("staleness"), seconds(lostSince === undefined ? tick?.point?.staleness : guess()));
  write(byId("link"), lostSince === undefined ? (hello ? "live" : "connecting") : "not connected");
  byId("link").dataset.state = lostSince === undefined ? (hello ? "ok" : "unknown") : "away";
  write(byId("as-of"), status ? `Stages as of ${clock(Date.parse(status.at))}.` : "");
  document.title = `${told.state === "ok" ? "" : `${told.title} · `}Freshet${hello ? ` ${hello.pipeline}` : ""}`;
  if (announced !== told.key) {
    announced = told.key;
    write(byId("announce"), told.mend ? `${told.title}. ${told.detail}` : told.title);
  }
  const known = [...points.values()];
  charts?.forEach((chart) => chart.update(known, now()));
}

function showPartitions() {
  byId("partitions").replaceChildren(
    ...status.partitions.map((lag) =>
      element(
        "tr",
        {},
        element("th", { scope: "row" }, lag.topic),
        element("td", { class: "number" }, String(lag.partition)),
        element("td", { class: "number" }, count(lag.lag_records)),
        element("td", { class: "number" }, lag.lag_records ? seconds(lag.lag_seconds) : NONE),
      ),
    ),
  );
  const more = status.partitions_total - status.partitions.length;
  byId("partitions-note").hidden = more <= 0;
  write(byId("partitions-note"), more > 0 ? `and ${count(more)} more that are less far behind` : "");
}

new Stream("api/events", {
  message(kind, data) {
    lostSince = undefined;
    if (kind === "hello") {
      greet(data);
    } else if (kind === "tick") {
      tick = data;
      remember(data.point);
      caches?.draw(data.caches);
    } else if (kind === "status") {
      // While no page was open the servers were seldom asked: what is old says nothing of now.
      if (now() - Date.parse(data.at) > OLD) return;
      status = data;
      showPartitions();
      letters.counted(data.stages.find((stage) => stage.name === "dead letters")?.open);
    } else {
      showIncidents(data);
    }
    draw();
  },
  lost(since) {
    lostSince = since;
    const staleness = guess();
    if (staleness !== undefined) remember({ at: now(), staleness });
    draw();
  },
});
showIncidents([]);
draw();
