// One row a cache.

import { byId, count, element, millis, rate, write } from "./format.js";

const COLUMNS = ["cache", "table", "on change", "deleted /s", "refreshed /s", "deleted", "refreshed", "to Redis, p50", "to Redis, p99"];

export class Caches {
  constructor(caches) {
    this.rows = new Map();
    byId("cache-rows").replaceChildren();
    for (const cache of caches) {
      const cells = COLUMNS.map((label, index) =>
        index === 0
          ? element("th", { scope: "row", role: "rowheader" })
          : element("td", { role: "cell", "data-label": label, class: index > 2 ? "number" : "" }),
      );
      cells[0].append(element("span", {}, cache.name), element("code", {}, cache.target));
      write(cells[1], cache.table);
      write(cells[2], cache.on_change);
      this.rows.set(cache.name, cells);
      byId("cache-rows").append(element("tr", { role: "row" }, ...cells));
    }
  }

  draw(figures) {
    for (const cache of figures) {
      const cells = this.rows.get(cache.name);
      if (!cells) continue;
      [rate(cache.deleted), rate(cache.refreshed), count(cache.deleted_total), count(cache.refreshed_total), millis(cache.p50), millis(cache.p99)]
        .forEach((text, index) => write(cells[index + 3], text));
    }
  }
}
