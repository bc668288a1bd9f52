// Small helpers: finding and making elements, notices, questions to the person, the clipboard.

export const $ = (selector, within = document) => within.querySelector(selector);
export const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

// An element from markup that the server, or this script, made; texts are set as texts.
export function made(markup) {
  const holder = document.createElement("template");
  holder.innerHTML = markup.trim();
  return holder.content.firstElementChild;
}

export const icon = (path) => `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${path}"/></svg>`;

// What a screen reader is told.
export function say(text) {
  const live = $("#qa-live");
  live.textContent = "";
  setTimeout(() => { live.textContent = text; }, 30);
}

// A line above the question box, until the next question; with a way out, if there is one.
export function notice(text, action = "", act = null) {
  const place = $("#qa-notice");
  place.replaceChildren();
  if (!text) return;
  place.append(Object.assign(document.createElement("span"), { textContent: text }));
  if (act) {
    const button = Object.assign(document.createElement("button"),
      { type: "button", className: "qa-button qa-plain", textContent: action });
    button.addEventListener("click", act);
    place.append(button);
  }
  const close = made(`<button type="button" class="qa-icon" aria-label="Close the notice">${icon("M6 6l12 12M18 6 6 18")}</button>`);
  close.addEventListener("click", () => place.replaceChildren());
  place.append(close);
}

// Ask the person; true if they say yes. With only one answer it just tells.
export function asked(title, body, yes = "OK", alone = false) {
  const dialog = $("#qa-dialog");
  $("#qa-dialog-title").textContent = title;
  $("#qa-dialog-body").replaceChildren(body);
  $("#qa-yes").textContent = yes;
  $(".qa-plain", dialog).hidden = alone;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

export async function copied(text, button) {
  if (navigator.clipboard) await navigator.clipboard.writeText(text);
  else {
    // Without https, as in a local network, only this works.
    const area = document.body.appendChild(document.createElement("textarea"));
    area.value = text;
    area.select();
    document.execCommand("copy");
    area.remove();
    button.focus();
  }
  const words = $("span", button);
  const before = words.textContent;
  words.textContent = "Copied";
  say("Copied.");
  setTimeout(() => { words.textContent = before; }, 1500);
}

export function saved(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/markdown" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// A field that is as high as its text.
export function fitted(area) {
  const fit = () => {
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`;
  };
  area.addEventListener("input", fit);
  requestAnimationFrame(fit);
  return fit;
}

export const narrow = () => matchMedia("(max-width: 900px)").matches;

// What is kept in this browser, if it keeps anything.
export const kept = {
  get(name, of = localStorage) { try { return of.getItem(name) || ""; } catch { return ""; } },
  set(name, value, of = localStorage) { try { of.setItem(name, value); } catch { /* this visit */ } },
};
