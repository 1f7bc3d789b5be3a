// The fault buttons, what each strategy does by its nature, and what it did since the button was pressed.

import { byId, count, element, millis, NONE, send, write } from "./format.js";

const EFFECTS = {
  listener: {
    what: "when nobody listens",
    none: "nothing changes",
    ttl: "nothing changes: it never listened",
    app: "nothing changes: it never listened",
    notify: "serves old entries until their TTL; empties its cache when it listens again, since what was notified meanwhile is lost",
    freshet: "the slot keeps every change; after 3 s of silence reads go to the database; when the listener is back, everything missed is applied in order",
  },
  redis: {
    what: "when Redis is gone",
    none: "nothing changes",
    ttl: "every read asks the database; what Redis still has afterwards is served until its TTL",
    app: "every read asks the database; deletions are lost, and what Redis still has afterwards is served until its TTL",
    notify: "every read asks the database; empties its cache when Redis is back",
    freshet: "reads ask the database, so many at a time; the writer waits, and applies everything missed when Redis is back; until then an entry is served only where it is known to be at most 3 s behind",
  },
  herd: {
    what: "when a herd comes",
    none: "all of them ask the database, as always",
    ttl: "all that come before the first has stored it ask the database",
    app: "all that come before the first has stored it ask the database",
    notify: "all that come before the first has stored it ask the database",
    freshet: "one of them gets a lease and asks the database; the others wait for it",
  },
};

const FIGURES = ["late", "failed", "queries"];
const COLUMNS = ["late reads", "worst staleness", "failed reads", "database queries"];

export class Faults {
  constructor(strategies) {
    this.strategies = strategies;
    this.state = { listener: true, redis: true };
    this.kind = undefined;
    this.since = undefined;
    this.worst = {};
    byId("listener").addEventListener("click", () => this.press("listener", this.state.listener ? "listener-stop" : "listener-start"));
    byId("redis").addEventListener("click", () => this.press("redis", this.state.redis ? "redis-kill" : "redis-start"));
    byId("herd").addEventListener("click", () => this.press("herd", "herd"));
    this.fill();
  }

  async press(kind, name) {
    const buttons = ["listener", "redis", "herd"].map(byId);
    const begins = name !== "listener-start" && name !== "redis-start";
    if (begins) this.begin(kind);
    // Not disabled: a focused button that is disabled loses the focus.
    buttons.forEach((button) => button.setAttribute("aria-disabled", "true"));
    if (this.busy) return;
    this.busy = true;
    write(byId("fault-result"), "Under way …");
    try {
      const told = await send("POST", `arena/faults/${name}`, {});
      this.show(told);
      write(byId("fault-result"), told.herd ? this.stampede(told.herd) : this.words(name));
    } catch (failure) {
      write(byId("fault-result"), failure.message);
    } finally {
      this.busy = false;
      buttons.forEach((button) => button.removeAttribute("aria-disabled"));
    }
  }

  begin(kind) {
    this.kind = kind;
    this.since = this.totals;
    this.worst = {};
    this.herd = undefined;
    this.fill();
  }

  words(name) {
    return {
      "listener-stop": "The listeners are stopped.",
      "listener-start": "The listeners are started again.",
      "redis-kill": "Redis is killed.",
      "redis-start": "Redis is started again.",
    }[name];
  }

  stampede(herd) {
    this.herd = Object.fromEntries(herd.map((one) => [one.strategy, one]));
    this.fill();
    return herd.map((one) => `${this.title(one.strategy)}: ${count(one.queries)} queries, slowest read ${millis(one.slowest_ms)}`).join(". ");
  }

  title(id) {
    return this.strategies.find((one) => one.id === id).title;
  }

  /** faults: { listener, redis }: whether they run. */
  show(faults) {
    this.state = { listener: faults.listener, redis: faults.redis };
    const set = (id, runs, stop, start) => {
      byId(id).setAttribute("aria-pressed", String(!runs));
      write(byId(id), runs ? stop : start);
      byId(`fault-${id}`).dataset.state = runs ? "ok" : "broken";
    };
    set("listener", faults.listener, "Stop the listeners", "Start the listeners");
    set("redis", faults.redis, "Kill Redis", "Start Redis");
  }

  /** totals: since the load was set; point: of the last second. */
  draw(totals, point) {
    // Counted anew: what was before is of another count.
    if (this.since && totals.none.reads < this.since.none.reads) this.since = undefined;
    this.totals = totals;
    for (const one of this.strategies) {
      this.worst[one.id] = Math.max(this.worst[one.id] ?? 0, point[one.id].worst);
    }
    if (this.kind) this.fill();
  }

  fill() {
    const effects = EFFECTS[this.kind ?? "listener"];
    write(byId("effect-what"), effects.what);
    write(byId("effects-caption"), this.kind ? "What each strategy does, and what it did since the button was pressed." : "What each strategy does when it happens. Press a button to see it.");
    byId("effect-rows").replaceChildren(
      ...this.strategies.map((one) =>
        element(
          "tr",
          { role: "row", "data-strategy": one.id },
          element("th", { scope: "row", role: "rowheader" }, one.title),
          element("td", { role: "cell", class: "effect" }, effects[one.id]),
          ...this.figures(one.id).map((text, index) => element("td", { role: "cell", class: "number", "data-label": COLUMNS[index] }, text)),
        ),
      ),
    );
  }

  figures(id) {
    if (this.herd) {
      const one = this.herd[id];
      return [NONE, NONE, count(one.failed), count(one.queries)];
    }
    if (!this.kind || !this.totals) return [NONE, NONE, NONE, NONE];
    const [late, failed, queries] = FIGURES.map((name) => count(this.totals[id][name] - (this.since?.[id][name] ?? 0)));
    return [late, this.worst[id] ? millis(this.worst[id]) : NONE, failed, queries];
  }
}
