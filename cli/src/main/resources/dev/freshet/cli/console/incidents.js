// After what the caches were not trusted.

import { byId, element, moment } from "./format.js";

const WORDS = { gap: "gap", flush: "flush", loss: "Redis lost writes" };

export function showIncidents(incidents) {
  const rows = incidents.map((one) =>
    element(
      "li",
      { "data-kind": one.kind },
      element("time", { datetime: one.at }, moment(one.at)),
      element("strong", {}, WORDS[one.kind] ?? one.kind),
      element("span", {}, one.reason),
    ),
  );
  if (!rows.length) rows.push(element("li", { class: "empty" }, "None."));
  byId("incident-rows").replaceChildren(...rows);
}
