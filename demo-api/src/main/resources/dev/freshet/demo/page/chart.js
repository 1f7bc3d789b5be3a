// One figure of all strategies over the last two minutes: drawn as SVG, read by pointer or arrow keys.

import { clock, element, write } from "./format.js";

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 180;
const EDGE = { top: 10, right: 10, bottom: 22, left: 54 };
/** Points further apart are not joined. */
const APART = 3500;

function shape(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

/** From 0 in steps of 1, 2 or 5 times a power of ten, at most four. */
function linear(highest, least) {
  const top = Math.max(highest, least);
  const power = 10 ** Math.floor(Math.log10(top / 4));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= (top / 4) * 0.999);
  const ticks = [];
  for (let at = 0; at < top + step * 0.999; at += step) ticks.push(at);
  return { ticks, share: (value) => value / ticks.at(-1) };
}

/** By powers of ten; what lies below the lowest stands at the bottom. */
function logarithmic(highest, lowest, least) {
  const decades = Math.max(1, Math.ceil(Math.log10(Math.max(highest, least) / lowest) - 1e-9));
  const ticks = Array.from({ length: decades + 1 }, (_, index) => lowest * 10 ** index);
  return { ticks, share: (value) => Math.log10(Math.max(value, lowest) / lowest) / decades };
}

export class Chart {
  /** options: id, title, note, format, pick: (figures) => value, least (of the axis' top), lowest (of a logarithmic axis) */
  constructor(parent, span, strategies, options) {
    Object.assign(this, options);
    this.span = span * 1000;
    this.strategies = strategies;
    this.points = [];
    this.now = Date.now();
    this.inspected = undefined;
    this.readout = element("p", { class: "readout" });
    this.plot = element("div", {
      class: "plot",
      role: "slider",
      tabindex: "0",
      "aria-label": `${this.title}: a moment of the last two minutes`,
      "aria-orientation": "horizontal",
      "aria-valuemin": String(-span),
      "aria-valuemax": "0",
      "aria-valuenow": "0",
    });
    this.svg = shape("svg", { "aria-hidden": "true", focusable: "false" });
    this.plot.append(this.svg);
    parent.append(
      element("figure", { class: "chart", id: `chart-${this.id}` }, element("figcaption", {}, element("h3", {}, this.title), element("p", { class: "note" }, this.note), this.readout), this.plot),
    );
    this.listen();
    new ResizeObserver(() => this.draw()).observe(this.plot);
  }

  listen() {
    const inspect = (event) => this.inspect(this.timeAt(event));
    this.plot.addEventListener("pointermove", inspect);
    this.plot.addEventListener("pointerdown", inspect);
    this.plot.addEventListener("pointerleave", () => this.inspect(undefined));
    this.plot.addEventListener("blur", () => this.inspect(undefined));
    this.plot.addEventListener("keydown", (event) => {
      const moves = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -15, PageUp: 15 };
      if (event.key in moves) this.inspect((this.inspected ?? this.now) + 1000 * moves[event.key]);
      else if (event.key === "Home") this.inspect(this.now - this.span);
      else if (event.key === "End") this.inspect(this.now);
      else if (event.key === "Escape") this.inspect(undefined);
      else return;
      event.preventDefault();
    });
  }

  timeAt(event) {
    const box = this.plot.getBoundingClientRect();
    return this.now - (1 - (event.clientX - box.left - EDGE.left) / (box.width - EDGE.left - EDGE.right)) * this.span;
  }

  inspect(at) {
    this.inspected = at === undefined ? undefined : Math.min(this.now, Math.max(this.now - this.span, at));
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
  }

  value(point, id) {
    return point?.[id] === undefined ? undefined : this.pick(point[id]);
  }

  draw() {
    const width = this.plot.clientWidth;
    if (width < 80 || document.hidden) return;
    const from = this.now - this.span;
    const shown = this.points.filter((point) => point.at >= from);
    const highest = Math.max(0, ...shown.flatMap((point) => this.strategies.map((one) => this.value(point, one.id) ?? 0)));
    const scale = this.lowest ? logarithmic(highest, this.lowest, this.least) : linear(highest, this.least);
    const x = (at) => EDGE.left + ((at - from) / this.span) * (width - EDGE.left - EDGE.right);
    const y = (value) => HEIGHT - EDGE.bottom - scale.share(value) * (HEIGHT - EDGE.top - EDGE.bottom);
    const parts = [];
    scale.ticks.forEach((tick, index) => {
      const at = HEIGHT - EDGE.bottom - (this.lowest ? index / (scale.ticks.length - 1) : scale.share(tick)) * (HEIGHT - EDGE.top - EDGE.bottom);
      parts.push(shape("line", { class: index === 0 ? "axis" : "grid", x1: EDGE.left, x2: width - EDGE.right, y1: at, y2: at }));
      parts.push(shape("text", { class: "tick", x: EDGE.left - 6, y: at + 4, "text-anchor": "end" }, this.axis(tick)));
    });
    for (const ago of width < 420 ? [90, 60, 30] : [120, 90, 60, 30]) {
      parts.push(shape("text", { class: "tick", x: x(this.now - ago * 1000), y: HEIGHT - 5, "text-anchor": ago === 120 ? "start" : "middle" }, `−${ago} s`));
    }
    parts.push(shape("text", { class: "tick", x: width - EDGE.right, y: HEIGHT - 5, "text-anchor": "end" }, "now"));
    for (const one of this.strategies) parts.push(...this.line(shown, one.id, x, y));
    const point = this.inspected === undefined ? undefined : this.nearest(this.inspected);
    if (this.inspected !== undefined) {
      parts.push(shape("line", { class: "cross", x1: x(this.inspected), x2: x(this.inspected), y1: EDGE.top, y2: HEIGHT - EDGE.bottom }));
    }
    for (const one of point ? this.strategies : []) {
      const value = this.value(point, one.id);
      if (value !== undefined) parts.push(shape("circle", { class: `dot ${one.id}`, cx: x(point.at), cy: y(value), r: 4 }));
    }
    this.svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    this.svg.setAttribute("height", String(HEIGHT));
    this.svg.replaceChildren(...parts);
    this.tell(point);
  }

  line(points, id, x, y) {
    let path = "";
    let last;
    for (const point of points) {
      const value = this.value(point, id);
      if (value === undefined) continue;
      path += `${last && point.at - last < APART ? "L" : "M"}${x(point.at).toFixed(1)} ${y(value).toFixed(1)}`;
      last = point.at;
    }
    return path ? [shape("path", { class: `line ${id}`, d: path })] : [];
  }

  nearest(at) {
    let best;
    for (const point of this.points) {
      if (!best || Math.abs(point.at - at) < Math.abs(best.at - at)) best = point;
    }
    return best && Math.abs(best.at - at) < APART ? best : undefined;
  }

  tell(inspected) {
    const looking = this.inspected !== undefined;
    const point = looking ? inspected : this.points.at(-1);
    const words = this.strategies.map((one) => `${one.short} ${this.format(this.value(point, one.id))}`).join(", ");
    write(this.readout, `${looking ? clock(this.inspected) : "now"}: ${words}`);
  }

  pronounce() {
    const ago = this.inspected === undefined ? 0 : Math.round((this.inspected - this.now) / 1000);
    this.plot.setAttribute("aria-valuenow", String(ago));
    this.plot.setAttribute("aria-valuetext", this.readout.textContent);
  }
}
