// Figures for people, and small ways to build elements. Texts are always set as text, never as HTML.

export const NONE = "–";

export function millis(value) {
  if (value === undefined || value === null) return NONE;
  if (value >= 9950) return `${Math.round(value / 1000)} s`;
  if (value >= 995) return `${(value / 1000).toFixed(1)} s`;
  if (value >= 9.95) return `${Math.round(value)} ms`;
  return `${value < 0.995 ? value.toFixed(2) : value.toFixed(1)} ms`;
}

export function count(value) {
  if (value === undefined || value === null) return NONE;
  return Math.round(value).toLocaleString("en");
}

export function percent(share) {
  return share === undefined || Number.isNaN(share) ? NONE : `${Math.round(100 * share)} %`;
}

const two = (number) => String(number).padStart(2, "0");

export function clock(at) {
  const time = new Date(at);
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key === "class") made.className = value;
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

/** Answers JSON; fails with what the server says is wrong. */
export async function send(method, url, body) {
  const answer = await fetch(url, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const text = await answer.text();
  const told = text ? JSON.parse(text) : {};
  if (!answer.ok) throw new Error(told.errors?.length ? told.errors.map((one) => `${one.pointer.slice(1)} ${one.detail}`).join("; ") : (told.detail ?? `status ${answer.status}`));
  return told;
}
