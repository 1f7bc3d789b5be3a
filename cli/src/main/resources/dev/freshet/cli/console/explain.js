// Which keys a change would touch, asked of the writer.

import { byId, element, write } from "./format.js";

const FIELDS = ["table", "before", "after"];

export class Explain {
  constructor() {
    byId("explain-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.ask();
    });
  }

  tables(names) {
    const select = byId("explain-table");
    const chosen = select.value;
    select.replaceChildren(...names.map((name) => element("option", { value: name }, name)));
    if (names.includes(chosen)) select.value = chosen;
  }

  async ask() {
    FIELDS.forEach((field) => this.complain(field));
    const question = Object.fromEntries(FIELDS.map((field) => [field, byId(`explain-${field}`).value]));
    let response;
    try {
      response = await fetch("api/explain", {
        method: "POST",
        headers: { "Content-Type": "application/json", "Freshet-Console": "1" },
        body: JSON.stringify(question),
      });
    } catch {
      this.answer(element("p", { class: "error" }, "The writer does not answer."));
      return;
    }
    const told = await response.json().catch(() => ({ detail: `the writer answered ${response.status}` }));
    if (response.ok) {
      this.show(told);
      return;
    }
    this.answer();
    if (FIELDS.includes(told.field)) this.complain(told.field, told.detail);
    else this.answer(element("p", { class: "error" }, told.detail));
  }

  complain(field, text = "") {
    const input = byId(`explain-${field}`);
    const error = byId(`explain-${field}-error`);
    write(error, text);
    error.hidden = !text;
    input.toggleAttribute("aria-invalid", Boolean(text));
    if (text) {
      input.setAttribute("aria-invalid", "true");
      input.focus();
    }
  }

  show(told) {
    const rows = told.effects.map((effect) =>
      element("tr", {}, element("th", { scope: "row" }, effect.cache), element("td", {}, effect.words)),
    );
    this.answer(
      element("h3", {}, told.change),
      ...told.warnings.map((warning) => element("p", { class: "note warn" }, warning)),
      element(
        "table",
        {},
        element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "cache"), element("th", { scope: "col" }, "what happens, and why"))),
        element("tbody", {}, ...rows),
      ),
    );
  }

  answer(...nodes) {
    byId("explain-result").replaceChildren(...nodes);
  }
}
