// The page: its views, its links and keys, the side bar and the colors.

import { $, $$, asked, kept, made, narrow, notice } from "./dom.js";
import { call } from "./server.js";
import { address, go, here, routed } from "./route.js";
import { fill } from "./limits.js";
import { ask, current, editLast, showNew, showTalk } from "./chat.js";
import { closeMenu, showTalks } from "./talks.js";
import * as panel from "./panel.js";
import { month, refresh, timeline, welcome } from "./archive.js";

const root = document.documentElement;
const box = $("#qa-question");
const TITLES = { timeline: "Timeline", archive: "Archive" };

// A text as it stands in a link.
const named = (href) => {
  const code = href.slice(href.indexOf("-") + 1).replace(/-/g, "+").replace(/_/g, "/");
  return new TextDecoder().decode(Uint8Array.from(atob(code), (one) => one.charCodeAt(0)));
};

// Views

let view = "";

function show(name) {
  $("#qa").dataset.view = name;
  for (const [id, one] of [["#qa-chat", "chat"], ["#qa-view-timeline", "timeline"], ["#qa-view-archive", "archive"]])
    $(id).hidden = one !== name;
  for (const link of $$(".qa-views a"))
    if (link.getAttribute("href") === `#${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  if (name !== "chat") {
    $("#qa-title").textContent = TITLES[name];
    document.title = `${TITLES[name]} · Ask the archive`;
  }
  if (name === "archive" && view !== name) refresh();
  view = name;
}

async function arrive({ hash, panel: beside }) {
  if (beside) panel.show(beside); else panel.hide();
  const [kind, , rest] = /^#([a-z]+)(-(.*))?$/s.exec(hash)?.slice(1) || ["", "", ""];
  if (kind === "timeline") { show("timeline"); timeline(decodeURIComponent(rest || "")); }
  else if (kind === "archive") show("archive");
  else if (kind === "talk") {
    show("chat");
    const [, id, number, question] = /^([\w-]+)(?:\.(\d+))?(?:&q=(.*))?$/.exec(rest) || [];
    await showTalk(id || "", Number(number || 0), decodeURIComponent(question || ""));
    mark();
  } else if (kind === "cite" || kind === "article") {
    show("chat");
    history.replaceState({}, "", location.pathname + location.search);
    panel.open(hash, null);
  } else if (kind === "ask") {
    show("chat");
    history.replaceState({}, "", location.pathname + location.search);
    box.value = named(hash);
    box.focus();
  } else { show("chat"); if (current()) showNew(); mark(); }
  delete root.dataset.arriving;
}

function mark() { showTalks(null, current()); }

// Links

document.addEventListener("click", (event) => {
  const link = event.target.closest?.('a[href^="#"], a[href^="./#"], .qa-home');
  if (!link || event.ctrlKey || event.metaKey || event.button) return;
  const href = link.matches(".qa-home") ? "#" : link.getAttribute("href").replace("./", "");
  const kind = /^#([a-z]+)-/.exec(href)?.[1] || "";
  event.preventDefault();
  if (href === "#qa-question") { go(location.hash.startsWith("#talk") ? location.hash : "#"); box.focus(); return; }
  if (kind === "cite" || kind === "article") { panel.open(href, link); return; }
  if (kind === "month") { month(link); return; }
  if (kind === "ask") { box.focus(); ask(named(href)); return; }
  if (narrow()) fold(true);
  go(href);
  if (link.id === "qa-new") { showNew(); mark(); box.focus(); }
});

// Keys

const KEYS = [["/", "Ask a question"], ["↑", "In the empty box: edit the last question"], ["Enter", "Ask"], ["Shift Enter", "A new line"], ["Escape", "Close what is open"], ["?", "This list"]];

function showKeys() {
  const list = document.createElement("dl");
  list.className = "qa-keys";
  for (const [key, words] of KEYS) {
    const row = made("<div><dt><kbd></kbd></dt><dd></dd></div>");
    $("kbd", row).textContent = key;
    $("dd", row).textContent = words;
    list.append(row);
  }
  asked("Keyboard", list, "Close", true);
}

document.addEventListener("keydown", (event) => {
  const at = event.target;
  if (event.key === " " && at.matches?.('a[role="button"]')) { event.preventDefault(); at.click(); return; }
  if (event.key === "Escape" && !$("#qa-dialog").open) {
    if (closeMenu()) return;
    if (panel.isOpen()) { panel.close(); return; }
    if (narrow() && root.dataset.side === "open") { fold(true); return; }
    if (!$("#qa-limits").hidden) { limits(false); return; }
  }
  if (at.matches?.("input, textarea, select, [contenteditable]") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/") { event.preventDefault(); show("chat"); box.focus(); }
  if (event.key === "?") { event.preventDefault(); showKeys(); }
});

// The side bar, what is limited, the colors

function fold(folded) {
  root.dataset.side = folded ? "folded" : "open";
  for (const one of $$('[data-act="side"]')) one.setAttribute("aria-expanded", String(!folded));
  $("#qa-shade").hidden = folded || !narrow();
  if (!narrow()) kept.set("qa-side", folded ? "folded" : "open");
}

function limits(open) {
  $("#qa-limits").hidden = !open;
  $('[data-act="limits"]').setAttribute("aria-expanded", String(open));
}

const limited = () => {
  const set = $$('#qa-limits input[type="text"]').filter((one) => one.value.trim()).length
    + Boolean($("#qa-limits input:checked"));
  $('[data-act="limits"]').classList.toggle("qa-set", set > 0);
};

const pressed = {
  side: () => fold(root.dataset.side === "open"),
  shade: () => fold(true),
  close: () => panel.close(),
  keys: showKeys,
  limits: () => limits($("#qa-limits").hidden),
};
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-act]");
  if (button) pressed[button.dataset.act]?.();
});

function theme(chosen) {
  root.dataset.theme = chosen;
  kept.set("qa-theme", chosen);
  for (const one of $$("[data-theme]", $(".qa-theme"))) one.setAttribute("aria-pressed", String(one.dataset.theme === chosen));
}
$$("[data-theme]", $(".qa-theme")).forEach((one) => one.addEventListener("click", () => theme(one.dataset.theme)));
for (const one of $$("[data-theme]", $(".qa-theme"))) one.setAttribute("aria-pressed", String(one.dataset.theme === root.dataset.theme));

// Begin

fill($("#qa-limits"), ["since", "until", "as_of"], true, limited);
$("#qa-limits").addEventListener("input", limited);
fold(narrow() || root.dataset.side === "folded");
// A window that becomes narrow has no room for both.
matchMedia("(max-width: 900px)").addEventListener("change", (now) => fold(now.matches || kept.get("qa-side") === "folded"));
routed(arrive);
arrive(here());
if ($(".qa-waiting", $("#qa-welcome"))) welcome().catch(() => {});
call("talks").then((html) => showTalks(html, current())).catch((error) => notice(error.message));
