// Lines over the last minutes: drawn as SVG, read by pointer or arrow keys, and as a table.

import { clock, element, write } from "./format.js";

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 170;
const EDGE = { top: 10, right: 12, bottom: 24, left: 52 };
/** Points further apart are not joined. */
const APART = 5000;
const ROW = 30000;

function shape(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

/** The next of 1, 2, 5, 10, … so that at most four steps reach the top. */
function step(top) {
  const raw = top / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 5, 10].map((one) => one * power).find((one) => one >= raw * 0.999);
}

export class Chart {
  /** options: id, title, format, least (of the axis' top), series: [{ key, label }], limit: () => value or undefined */
  constructor(parent, span, options) {
    Object.assign(this, options);
    this.span = span;
    this.points = [];
    this.now = Date.now();
    this.inspected = undefined;
    this.readout = element("p", { class: "readout" });
    const legend = element("p", { class: "legend" });
    if (this.series.length > 1) {
      this.series.forEach((one, index) => legend.append(element("span", { class: `key series-${index}` }, one.label)));
    }
    this.plot = element("div", {
      class: "plot",
      role: "slider",
      tabindex: "0",
      "aria-label": `${this.title}: a moment of the last ten minutes`,
      "aria-orientation": "horizontal",
      "aria-valuemin": String(-span),
      "aria-valuemax": "0",
      "aria-valuenow": "0",
    });
    this.svg = shape("svg", { "aria-hidden": "true", focusable: "false" });
    this.plot.append(this.svg);
    this.rows = element("tbody");
    const head = element("tr", {}, element("th", { scope: "col" }, "from"));
    this.series.forEach((one) => head.append(element("th", { scope: "col", class: "number" }, one.label)));
    this.details = element(
      "details",
      {},
      element("summary", {}, "The same as a table"),
      element(
        "div",
        { class: "scroll", role: "region", tabindex: "0", "aria-label": `${this.title}, as a table` },
        element("table", {}, element("caption", {}, "The highest of each half minute."), element("thead", {}, head), this.rows),
      ),
    );
    this.details.addEventListener("toggle", () => this.tabulate());
    parent.append(
      element(
        "figure",
        { class: "chart", id: `chart-${this.id}` },
        element("figcaption", {}, element("h3", {}, this.title), legend, this.readout),
        this.plot,
        this.details,
      ),
    );
    this.listen();
    new ResizeObserver(() => this.draw()).observe(this.plot);
  }

  listen() {
    this.plot.addEventListener("pointermove", (event) => this.inspect(this.timeAt(event)));
    this.plot.addEventListener("pointerdown", (event) => this.inspect(this.timeAt(event)));
    this.plot.addEventListener("pointerleave", () => this.inspect(undefined));
    this.plot.addEventListener("blur", () => this.inspect(undefined));
    this.plot.addEventListener("keydown", (event) => {
      const moves = { ArrowLeft: -5, ArrowDown: -5, ArrowRight: 5, ArrowUp: 5, PageDown: -60, PageUp: 60 };
      const at = this.inspected ?? this.now;
      if (event.key in moves) this.inspect(at + 1000 * moves[event.key]);
      else if (event.key === "Home") this.inspect(this.now - this.span * 1000);
      else if (event.key === "End") this.inspect(this.now);
      else if (event.key === "Escape") this.inspect(undefined);
      else return;
      event.preventDefault();
    });
  }

  timeAt(event) {
    const box = this.plot.getBoundingClientRect();
    const share = (event.clientX - box.left - EDGE.left) / (box.width - EDGE.left - EDGE.right);
    return this.now - (1 - share) * this.span * 1000;
  }

  inspect(at) {
    this.inspected = at === undefined ? undefined : Math.min(this.now, Math.max(this.now - this.span * 1000, at));
    this.draw();
    this.pronounce();
  }

  /** points: the oldest first; now: by the same clock as theirs. */
  update(points, now) {
    this.points = points;
    this.now = now;
    this.draw();
    // What changes under a focused slider is read out: only when it was moved.
    if (document.activeElement !== this.plot) this.pronounce();
    if (this.details.open && now - (this.tabulated ?? 0) > 10000) this.tabulate();
  }

  nearest(at) {
    let best;
    for (const point of this.points) {
      if (!best || Math.abs(point.at - at) < Math.abs(best.at - at)) best = point;
    }
    return best && Math.abs(best.at - at) < APART ? best : undefined;
  }

  draw() {
    const width = this.plot.clientWidth;
    if (width < 80 || document.hidden) return;
    const from = this.now - this.span * 1000;
    const shown = this.points.filter((point) => point.at >= from);
    const values = shown.flatMap((point) => this.series.map((one) => point[one.key] ?? 0));
    const limit = this.limit?.();
    const unit = step(Math.max(this.least, ...values));
    const top = unit * Math.max(1, Math.ceil(Math.max(this.least, ...values) / unit - 1e-9));
    const x = (at) => EDGE.left + ((at - from) / (this.span * 1000)) * (width - EDGE.left - EDGE.right);
    const y = (value) => HEIGHT - EDGE.bottom - (value / top) * (HEIGHT - EDGE.top - EDGE.bottom);
    const parts = [];
    for (let value = 0; value <= top + unit / 2; value += unit) {
      parts.push(shape("line", { class: value === 0 ? "axis" : "grid", x1: EDGE.left, x2: width - EDGE.right, y1: y(value), y2: y(value) }));
      parts.push(shape("text", { class: "tick", x: EDGE.left - 6, y: y(value) + 4, "text-anchor": "end" }, this.axis(value)));
    }
    const minutes = width < 460 ? 3 : 2;
    const every = minutes * 60000;
    for (let at = Math.ceil(from / every) * every; at <= this.now; at += every) {
      if (x(at) > width - EDGE.right - 46) continue;
      parts.push(shape("line", { class: "axis", x1: x(at), x2: x(at), y1: y(0), y2: y(0) + 4 }));
      parts.push(shape("text", { class: "tick", x: x(at), y: HEIGHT - 6, "text-anchor": "middle" }, clock(at, false)));
    }
    parts.push(shape("text", { class: "tick", x: width - EDGE.right, y: HEIGHT - 6, "text-anchor": "end" }, "now"));
    if (limit !== undefined && limit <= top) {
      parts.push(shape("line", { class: "limit", x1: EDGE.left, x2: width - EDGE.right, y1: y(limit), y2: y(limit) }));
      parts.push(shape("text", { class: "tick", x: EDGE.left + 4, y: y(limit) - 4 }, `too old from ${this.format(limit)}`));
    }
    this.series.forEach((one, index) => parts.push(...this.line(shown, one.key, index, x, y)));
    const point = this.inspected === undefined ? undefined : this.nearest(this.inspected);
    if (this.inspected !== undefined) {
      parts.push(shape("line", { class: "cross", x1: x(this.inspected), x2: x(this.inspected), y1: EDGE.top, y2: y(0) }));
    }
    if (point) {
      this.series.forEach((one, index) => {
        if (point[one.key] !== undefined) {
          parts.push(shape("circle", { class: `dot series-${index}`, cx: x(point.at), cy: y(point[one.key]), r: 4 }));
        }
      });
    }
    this.svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    this.svg.setAttribute("height", String(HEIGHT));
    this.svg.replaceChildren(...parts);
    this.tell(point);
  }

  line(points, key, index, x, y) {
    const paths = [];
    let path = "";
    let last;
    let length = 0;
    const end = () => {
      if (length === 1) paths.push(shape("circle", { class: `dot series-${index}`, cx: x(last.at), cy: y(last[key]), r: 1.5 }));
      else if (length > 1) paths.push(shape("path", { class: `line series-${index}`, d: path }));
      path = "";
      length = 0;
    };
    for (const point of points) {
      if (point[key] === undefined) continue;
      if (last && point.at - last.at > APART) end();
      path += `${length ? "L" : "M"}${x(point.at).toFixed(1)} ${y(point[key]).toFixed(1)}`;
      length++;
      last = point;
    }
    end();
    return paths;
  }

  words(point) {
    return this.series
      .map((one) => `${this.series.length > 1 ? `${one.label} ` : ""}${this.format(point?.[one.key])}`)
      .join(", ");
  }

  tell(point) {
    const looking = this.inspected !== undefined;
    const newest = this.points.at(-1);
    const shown = looking ? point : newest && this.now - newest.at < APART ? newest : undefined;
    write(this.readout, `${looking ? clock(this.inspected) : "now"}: ${this.words(shown)}`);
  }

  pronounce() {
    const ago = this.inspected === undefined ? 0 : Math.round((this.inspected - this.now) / 1000);
    this.plot.setAttribute("aria-valuenow", String(ago));
    this.plot.setAttribute("aria-valuetext", this.readout.textContent);
  }

  tabulate() {
    if (!this.details.open) return;
    this.tabulated = this.now;
    const rows = [];
    const from = this.now - this.span * 1000;
    for (let start = Math.floor(this.now / ROW) * ROW; start > from; start -= ROW) {
      const within = this.points.filter((point) => point.at >= start && point.at < start + ROW);
      if (!within.length) continue;
      const row = element("tr", {}, element("th", { scope: "row" }, clock(start)));
      for (const one of this.series) {
        const values = within.map((point) => point[one.key]).filter((value) => value !== undefined);
        row.append(element("td", { class: "number" }, this.format(values.length ? Math.max(...values) : undefined)));
      }
      rows.push(row);
    }
    this.rows.replaceChildren(...rows);
  }
}
