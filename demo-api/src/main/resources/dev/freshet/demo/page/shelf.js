// The shelf: prices as each strategy serves them, and edits by SQL with the time each took to land.

import { byId, element, millis, send, write } from "./format.js";

export class Shelf {
  constructor(strategies, ttl) {
    this.strategies = strategies;
    this.ttl = ttl;
    this.known = "";
    byId("shelf-head").replaceChildren(
      element("th", { scope: "col", role: "columnheader" }, "book"),
      ...strategies.map((one) => element("th", { scope: "col", role: "columnheader", class: "number" }, one.title)),
    );
    byId("edit-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.run();
    });
  }

  async run() {
    const price = byId("edit-price");
    const error = byId("edit-error");
    try {
      await send("POST", `arena/books/${byId("edit-book").value}`, { price: price.value.trim() });
      error.hidden = true;
      price.removeAttribute("aria-invalid");
    } catch (failure) {
      write(error, failure.message);
      error.hidden = false;
      price.setAttribute("aria-invalid", "true");
      price.focus();
    }
  }

  /** books: [{ id, title, author, prices }] */
  draw(books) {
    const titles = books.map((book) => `${book.id}\t${book.title}`).join("\n");
    if (titles !== this.known) {
      this.known = titles;
      const select = byId("edit-book");
      const chosen = select.value;
      select.replaceChildren(...books.map((book) => element("option", { value: String(book.id) }, `${book.title} (${book.id})`)));
      if (chosen) select.value = chosen;
    }
    byId("shelf-rows").replaceChildren(
      ...books.map((book) =>
        element(
          "tr",
          { role: "row" },
          element("th", { scope: "row", role: "rowheader" }, element("span", {}, book.title ?? `book ${book.id}`), element("small", {}, book.author ?? "")),
          ...this.strategies.map((one) => {
            const price = book.prices[one.id];
            const old = price !== undefined && book.prices.none !== undefined && price !== book.prices.none;
            const shown = element("span", {}, price === undefined ? "–" : price.toFixed(2));
            if (old) shown.append(element("small", {}, "old"));
            return element("td", { role: "cell", class: `number${old ? " old" : ""}`, "data-label": one.short }, shown);
          }),
        ),
      ),
    );
  }

  /** edits: [{ edit, sql, landed: { strategy: ms } }], the newest first. */
  show(edits) {
    byId("edits").replaceChildren(
      ...edits.slice(0, 3).map((edit) =>
        element(
          "div",
          { class: "edit-result", "data-edit": String(edit.edit) },
          element("code", {}, `${edit.sql};`),
          element(
            "ul",
            {},
            ...this.strategies.map((one) => {
              const took = edit.landed[one.id];
              return element(
                "li",
                { "data-strategy": one.id, class: took === undefined ? "waiting" : took > 1000 ? "late" : "landed" },
                element("span", {}, one.title),
                element("strong", {}, took === undefined ? "not yet" : millis(took)),
              );
            }),
          ),
        ),
      ),
    );
  }
}
