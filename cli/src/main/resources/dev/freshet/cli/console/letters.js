// What was parked, with retry and drop for who has the token.

import { byId, count, element, moment, write } from "./format.js";

const HEADER = "Freshet-Token";

async function detail(response) {
  try {
    return (await response.json()).detail ?? `the writer answered ${response.status}`;
  } catch {
    return `the writer answered ${response.status}`;
  }
}

export class Letters {
  constructor() {
    this.allowed = false;
    this.open = undefined;
    byId("letters-refresh").addEventListener("click", () => this.load("Read again."));
    byId("token-form").addEventListener("submit", (event) => event.preventDefault());
    byId("confirm-no").addEventListener("click", () => byId("confirm").close());
    byId("confirm-yes").addEventListener("click", () => {
      byId("confirm").close();
      this.act("drop", this.asked);
    });
  }

  allow(actions) {
    this.allowed = actions;
    byId("token-form").hidden = !actions;
    byId("letters-off").hidden = actions;
    this.load();
  }

  /** How many there are, by the status: another number is another list. */
  counted(open) {
    if (open === undefined || open === this.open) return;
    this.load();
  }

  async load(done) {
    let response;
    try {
      response = await fetch("api/dead-letters");
    } catch {
      this.say("The writer does not answer; the list is as it was.", true);
      return;
    }
    if (!response.ok) {
      this.say(`The dead letters are not known: ${await detail(response)}.`, true);
      return;
    }
    const told = await response.json();
    this.open = told.open;
    this.show(told);
    if (done) this.say(done);
  }

  show(told) {
    const badge = byId("letters-count");
    badge.hidden = told.open === 0;
    write(badge, count(told.open));
    const focused = document.activeElement?.dataset?.letter;
    const rows = told.letters.map((letter) => this.row(letter));
    if (!rows.length) rows.push(element("li", { class: "empty" }, "None: every record was applied."));
    if (told.open > told.letters.length) {
      rows.push(element("li", { class: "empty" }, `and ${count(told.open - told.letters.length)} more: freshet dead-letters list`));
    }
    byId("letter-rows").replaceChildren(...rows);
    if (focused) document.querySelector(`[data-letter="${CSS.escape(focused)}"]`)?.focus();
  }

  row(letter) {
    const where = `${letter.topic}, partition ${letter.partition}, offset ${letter.offset}`;
    const item = element(
      "li",
      { "data-id": letter.id },
      element(
        "div",
        {},
        element("h3", {}, letter.table ?? "table not known", " ", element("span", { class: "id" }, letter.id)),
        element("p", { class: "cause" }, letter.cause),
        element("p", { class: "note" }, `parked ${moment(letter.parked_at)}; it stood in ${where}`),
      ),
    );
    if (this.allowed) {
      item.append(
        element(
          "div",
          { class: "buttons" },
          this.button("Retry", letter, () => this.act("retry", letter)),
          this.button("Drop", letter, () => this.confirm(letter)),
        ),
      );
    }
    return item;
  }

  button(word, letter, action) {
    const made = element("button", { type: "button", "aria-label": `${word} dead letter ${letter.id}`, "data-letter": `${word} ${letter.id}` }, word);
    made.addEventListener("click", action);
    return made;
  }

  confirm(letter) {
    if (this.lacksToken()) return;
    this.asked = letter;
    write(byId("confirm-text"), `${letter.id} of ${letter.table ?? "a table that is not known"}: it is done then, and its record is not applied. The record stays in Kafka until its retention has passed.`);
    byId("confirm").showModal();
  }

  lacksToken() {
    if (byId("token").value) return false;
    this.say("Type the console token first.", true);
    byId("token").focus();
    return true;
  }

  async act(action, letter) {
    if (this.lacksToken()) return;
    this.say(action === "retry" ? `Publishing ${letter.id} again …` : `Dropping ${letter.id} …`);
    let response;
    try {
      response = await fetch(`api/dead-letters/${encodeURIComponent(letter.id)}/${action}`, {
        method: "POST",
        headers: { [HEADER]: byId("token").value },
      });
    } catch {
      this.say(`The writer does not answer; whether ${letter.id} is done is not known.`, true);
      return;
    }
    if (!response.ok) {
      this.say(`${letter.id} stays as it is: ${await detail(response)}.`, true);
      return;
    }
    await this.load();
    this.say(action === "retry" ? `${letter.id} was published again. If it still cannot be applied, it comes back under another number.` : `${letter.id} was dropped.`);
  }

  say(text, bad = false) {
    byId("letters-result").classList.toggle("bad", bad);
    write(byId("letters-result"), text);
  }
}
