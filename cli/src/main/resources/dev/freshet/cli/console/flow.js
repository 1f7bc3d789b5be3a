// The stages a change passes, and the one that is behind.

import { NONE, bytes, byId, count, element, millis, rate, seconds, write } from "./format.js";

const STAGES = ["PostgreSQL", "listener", "Kafka", "writer", "Redis"];
const WORDS = { ok: "ok", broken: "behind", away: "away", unknown: "not known" };
const MARKS = { ok: "✓", broken: "✕", away: "✕", unknown: "?" };

/** What a status says, as the page's five stages: Kafka's silence is told by the stages that it was asked about. */
export function stages(status) {
  const told = Object.fromEntries(status.stages.map((stage) => [stage.name, stage]));
  const silent = told.writer.state === "away";
  const hidden = { state: "unknown", summary: "Kafka would tell, and does not answer" };
  return {
    PostgreSQL: told.source,
    listener: silent ? hidden : told.listener,
    Kafka: silent
      ? { state: "away", summary: told.writer.summary, mend: "see whether its brokers run and can be reached from here" }
      : { state: "ok", summary: "answers" },
    writer: silent ? hidden : told.writer,
    Redis: told.redis,
  };
}

/** The first stage that is behind: what comes after it can be no better. */
export function behind(five) {
  const name = STAGES.find((one) => five[one].state === "broken" || five[one].state === "away");
  return name && { name, ...five[name] };
}

export class Flow {
  constructor() {
    this.cards = {};
    for (const name of STAGES) {
      const card = {
        item: element("li", { class: "stage", "data-stage": name, "data-state": "unknown" }),
        state: element("span", { class: "state" }),
        figure: element("strong"),
        unit: element("span"),
        summary: element("p", { class: "summary" }),
        figures: element("dl"),
        mend: element("p", { class: "mend", hidden: true }),
      };
      card.item.append(
        element("h3", {}, name, " ", card.state),
        element("p", { class: "figure" }, card.figure, " ", card.unit),
        card.summary,
        card.figures,
        card.mend,
      );
      this.cards[name] = card;
      byId("stages").append(card.item);
    }
  }

  draw(five, status, tick) {
    const worst = behind(five)?.name;
    const point = tick?.point ?? {};
    const told = Object.fromEntries((status?.stages ?? []).map((stage) => [stage.name, stage]));
    const total = (key) => (tick?.caches ?? []).reduce((sum, cache) => sum + cache[key], 0);
    const own = (tick?.parts ?? []).find((part) => part.name === "writer");
    this.show("PostgreSQL", five, worst, bytes(told.source?.slot_lag_bytes), "not confirmed", [
      ["WAL held back", bytes(told.source?.wal_retained_bytes)],
      ["slot", told.source?.wal_status ?? NONE],
    ]);
    this.show("listener", five, worst, seconds(told.listener?.heartbeat_age_seconds), "since its heartbeat", [
      ["commit to Kafka, p99", tick?.publishing?.p99 === undefined ? undefined : millis(tick.publishing.p99)],
    ]);
    this.show("Kafka", five, worst, count(told.writer?.lag_records), told.writer?.lag_records === 1 ? "record waits" : "records wait", [
      ["the oldest for", told.writer?.lag_records ? seconds(told.writer.lag_seconds) : NONE],
      ["partitions", status ? count(status.partitions_total) : NONE],
    ]);
    this.show("writer", five, worst, rate(point.changes), "changes /s", [
      ["writers", told.writer?.writers === undefined ? NONE : count(told.writer.writers)],
      ["commit to Redis, p99", millis(point.p99)],
      ["this one", own && !own.ready ? own.reasons.join("; ") : undefined],
    ]);
    this.show("Redis", five, worst, rate(total("deleted") + total("refreshed")), "keys /s", [
      ["deleted", `${rate(total("deleted"))} /s`],
      ["refreshed", `${rate(total("refreshed"))} /s`],
      ["a batch, p99", millis(tick?.store?.p99)],
    ]);
  }

  show(name, five, worst, figure, unit, figures) {
    const card = this.cards[name];
    const stage = five[name];
    card.item.dataset.state = stage.state;
    card.item.classList.toggle("worst", name === worst);
    write(card.state, `${MARKS[stage.state]} ${WORDS[stage.state]}`);
    write(card.figure, stage.figure ?? figure);
    write(card.unit, stage.figure === undefined ? unit : "");
    // Where all is well the figures say the same.
    card.summary.hidden = stage.state === "ok";
    write(card.summary, stage.summary);
    // What is behind only because another stage is mends itself.
    const mend = name === worst ? stage.mend : undefined;
    card.mend.hidden = !mend;
    write(card.mend, mend ? `→ ${mend}` : "");
    const wanted = figures.filter(([, value]) => value !== undefined);
    card.figures.hidden = wanted.length === 0;
    while (card.figures.children.length > wanted.length) card.figures.lastChild.remove();
    wanted.forEach(([term, value], index) => {
      const row = card.figures.children[index] ?? card.figures.appendChild(element("div", {}, element("dt"), element("dd")));
      write(row.children[0], term);
      write(row.children[1], value);
    });
  }
}
