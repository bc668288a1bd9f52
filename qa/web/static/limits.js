// The days and sites that a search is limited to: fields that take words, a calendar, a list of sites.

import { $, $$, icon, made } from "./dom.js";
import { call } from "./server.js";

const CALENDAR = "M4 6h16v14H4zM4 10h16M8 3v4M16 3v4";
const NAMES = { since: "From", until: "To", as_of: "As the archive stood on" };
let count = 0;

// Fill a fieldset with fields for days, and one for sites if there is to be one.
export function fill(fieldset, names, sites, changed) {
  for (const name of names) fieldset.append(dayField(name, changed));
  if (sites) fieldset.append(siteField(changed));
}

function dayField(name, changed) {
  const id = `qa-day-${++count}`;
  const label = NAMES[name];
  const field = made(`<div class="qa-day"><label for="${id}">${label}</label><div class="qa-joined"><input type="text" id="${id}" name="${name}" class="time" placeholder="any day" maxlength="60" aria-describedby="${id}-meant"><button type="button" class="qa-icon" aria-label="Calendar: ${label}">${icon(CALENDAR)}</button></div><input type="date" class="qa-native" tabindex="-1" aria-hidden="true"><p class="qa-meant" id="${id}-meant" role="status"></p></div>`);
  const [input, native] = $$("input", field);
  $("button", field).addEventListener("click", () => {
    const { first, last } = $("#qa").dataset;
    native.min = first || "";
    // It opens where the archive is, not at the day of today.
    native.value = /^\d{4}-\d\d-\d\d$/.test(input.value) ? input.value : last || "";
    native.focus();
    try { native.showPicker(); } catch { /* it is a field for a day all the same */ }
  });
  native.addEventListener("change", () => {
    input.value = native.value;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    input.focus();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !input.form.matches(".qa-find")) {
      event.preventDefault();
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
  input.addEventListener("change", async () => {
    const meant = $(".qa-meant", field);
    try {
      const found = await call("check_days", { fields: { [name]: input.value } });
      const day = found[name] || "";
      meant.textContent = day && day !== input.value.trim() ? `= ${day}` : "";
      input.removeAttribute("aria-invalid");
      changed();
    } catch (error) {
      meant.textContent = error.message;
      input.setAttribute("aria-invalid", "true");
    }
  });
  return field;
}

function siteField(changed) {
  const field = made('<div class="qa-day qa-sites"><span class="qa-label">Sources</span><details><summary>All sources</summary><div class="qa-choices"></div></details></div>');
  const details = $("details", field);
  details.addEventListener("toggle", async () => {
    const place = $(".qa-choices", field);
    if (!details.open || place.childElementCount) return;
    for (const [host, name] of await call("site_choices")) {
      const row = made('<label><input type="checkbox" name="sites"><span></span></label>');
      $("input", row).value = host;
      $("span", row).textContent = name === host ? name : `${name} (${host})`;
      place.append(row);
    }
  });
  field.addEventListener("change", () => {
    const chosen = $$("input:checked", field);
    $("summary", field).textContent = chosen.length
      ? chosen.map((one) => one.nextElementSibling.textContent).join(", ") : "All sources";
    changed();
  });
  return field;
}

// What the fields hold, as the server takes it.
export function fieldsOf(fieldset) {
  const held = {};
  for (const input of $$('input[type="text"]', fieldset)) if (input.value.trim()) held[input.name] = input.value.trim();
  const sites = $$("input:checked", fieldset).map((one) => one.value);
  if (sites.length) held.sites = sites;
  return held;
}

export function setDays(fieldset, since, until) {
  for (const [name, value] of [["since", since], ["until", until]]) {
    const input = $(`input[name="${name}"]`, fieldset);
    input.value = value;
    input.removeAttribute("aria-invalid");
    $(".qa-meant", input.closest(".qa-day")).textContent = "";
  }
}
