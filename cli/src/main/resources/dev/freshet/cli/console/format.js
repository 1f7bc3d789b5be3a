// Figures and times for people, and small ways to build elements. Texts are always set as text, never as HTML.

export const NONE = "–";

export function seconds(value) {
  if (value === undefined || value === null || Number.isNaN(value)) return NONE;
  if (value < 60) return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} s`;
  const whole = Math.round(value);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

export function millis(value) {
  if (value === undefined || value === null) return NONE;
  if (value >= 1000) return seconds(value / 1000);
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ms`;
}

export function count(value) {
  if (value === undefined || value === null) return NONE;
  return Math.round(value).toLocaleString("en");
}

export function rate(value) {
  if (value === undefined || value === null) return NONE;
  if (value === 0) return "0";
  return value < 9.95 ? value.toFixed(1) : count(value);
}

export function bytes(value) {
  if (value === undefined || value === null) return NONE;
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let left = value;
  let unit = 0;
  while (left >= 1024 && unit < units.length - 1) {
    left /= 1024;
    unit++;
  }
  return `${unit > 0 && left < 10 ? left.toFixed(1) : Math.round(left)} ${units[unit]}`;
}

const two = (number) => String(number).padStart(2, "0");

export function clock(at, withSeconds = true) {
  const time = new Date(at);
  const minutes = `${two(time.getHours())}:${two(time.getMinutes())}`;
  return withSeconds ? `${minutes}:${two(time.getSeconds())}` : minutes;
}

/** With the day, where it is not today. */
export function moment(text) {
  const time = new Date(text);
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return time.toDateString() === new Date().toDateString() ? clock(time) : `${day} ${clock(time)}`;
}

export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key === "class") made.className = value;
    else if (key in made && typeof value !== "string") made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

/** Only where it is another: what is written anew each second is read out anew, and loses its selection. */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export const byId = (id) => document.getElementById(id);
