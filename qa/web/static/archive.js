// The archive and the timeline: finding, removing and adding articles.

import { $, $$, asked, made, say } from "./dom.js";
import { call, steps, upload } from "./server.js";
import { fieldsOf, fill, setDays } from "./limits.js";
import { address, go } from "./route.js";

// The archive

const form = $("#qa-archive-form");
const days = $(".qa-limits", form);
const articles = $("#qa-articles");
const found = { by: "day", count: 0, asked: 0 };

export async function refresh(more = 0) {
  const turn = ++found.asked;
  const place = articles;
  if (!place.childElementCount) place.innerHTML = '<div class="qa-skeleton" aria-hidden="true"><i></i><i></i><i></i></div>';
  place.setAttribute("aria-busy", "true");
  try {
    const given = { query: $("#qa-words").value, by: found.by, count: found.count * Boolean(more) + more, ...fieldsOf(days) };
    const reply = await call("archive", given);
    // What was asked for later counts.
    if (turn !== found.asked) return;
    found.count = reply.count;
    $("#qa-months").innerHTML = reply.plot;
    place.innerHTML = reply.list;
  } catch (error) {
    if (turn === found.asked) place.replaceChildren(Object.assign(made('<p class="qa-failed" role="alert"></p>'), { textContent: error.message }));
  } finally {
    place.removeAttribute("aria-busy");
  }
}

fill(days, ["since", "until"], true, () => refresh());
form.addEventListener("submit", (event) => { event.preventDefault(); refresh(); });
$$("[data-by]").forEach((button) => button.addEventListener("click", () => {
  found.by = button.dataset.by;
  for (const one of $$("[data-by]")) one.setAttribute("aria-pressed", String(one === button));
  refresh();
}));
articles.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-act]");
  if (button?.dataset.act === "more") {
    const before = $$(".qa-open", articles).length;
    await refresh(50);
    $$(".qa-open", articles)[before]?.focus();
  }
  if (button?.dataset.act === "drop") drop(button);
});

export function month(link) {
  setDays(days, link.dataset.since, link.dataset.until);
  refresh();
}

async function drop(button) {
  const body = document.createElement("p");
  body.textContent = button.getAttribute("aria-label").replace(/^Remove /, "");
  if (!(await asked("Remove this article from the archive?", body, "Remove"))) { button.focus(); return; }
  try {
    await call("drop", { article: button.dataset.id });
    say("Removed.");
    await changed();
  } catch (error) {
    $("#qa-articles").prepend(Object.assign(made('<p class="qa-failed" role="alert"></p>'), { textContent: error.message }));
  }
  $("#qa-words").focus();
}

// The archive holds other articles than before.
async function changed() {
  await refresh();
  await welcome();
}

export async function welcome() {
  const place = $("#qa-welcome");
  place.innerHTML = await call("welcome");
  if (!$(".qa-waiting", place)) return;
  // The questions are tried meanwhile.
  const html = await call("starters").catch(() => "");
  const waiting = $(".qa-waiting", place);
  if (!waiting) return;
  const fresh = made(`<div>${html}</div>`);
  const starters = $(".qa-starters", fresh);
  if (starters) waiting.replaceWith(starters); else waiting.remove();
}

// Adding

async function add(files) {
  const said = $("#qa-ingest");
  if (!files.length) return;
  if ($("#qa-view-archive").hidden) go("#archive");
  $("#qa-adding").open = true;
  said.textContent = `Uploading ${files.length} ${files.length === 1 ? "file" : "files"} …`;
  try {
    const paths = [];
    const failed = [];
    for (const file of files)
      try { paths.push(await upload(file)); } catch { failed.push(file.name); }
    for await (const step of steps(await call("add", { paths }))) {
      if (step.html) said.innerHTML = step.html;
      if (step.error) said.textContent = step.error;
    }
    if (failed.length) said.append(Object.assign(document.createElement("p"), { textContent: `not uploaded: ${failed.join(", ")}; the limit is in the line above` }));
    await changed();
  } catch (error) {
    said.textContent = error.message;
  }
}

const file = $("#qa-file");
if (file) {
  file.addEventListener("change", async () => {
    const chosen = [...file.files];
    file.value = "";
    await add(chosen);
  });
  for (const name of ["dragover", "drop"])
    document.addEventListener(name, (event) => {
      const zone = event.target.closest?.("[data-drop]");
      if (!zone) return;
      event.preventDefault();
      zone.classList.toggle("qa-over", name === "dragover");
      if (name === "drop") { add([...event.dataTransfer.files]); }
    });
  document.addEventListener("dragleave", (event) => event.target.closest?.("[data-drop]")?.classList.remove("qa-over"));
}

// The timeline

const line = $("#qa-timeline-form");
const query = $("#qa-timeline-query");
let turn = 0;

fill($(".qa-limits", line), ["since", "until"], false, () => { if (query.value.trim()) line.requestSubmit(); });
line.addEventListener("submit", async (event) => {
  event.preventDefault();
  const place = $("#qa-timeline");
  const own = ++turn;
  address(query.value.trim() ? `#timeline-${encodeURIComponent(query.value.trim())}` : "#timeline", true);
  place.innerHTML = '<p class="qa-stage">Looking for dated sentences …</p><div class="qa-skeleton" aria-hidden="true"><i></i><i></i><i></i></div>';
  try {
    const html = await call("timeline", { query: query.value, ...fieldsOf($(".qa-limits", line)) });
    if (own === turn) place.innerHTML = html;
  } catch (error) {
    if (own === turn) place.replaceChildren(Object.assign(made('<p class="qa-failed"></p>'), { textContent: error.message }));
  }
});

export function timeline(subject) {
  if (!subject || subject === query.value) return;
  query.value = subject;
  line.requestSubmit();
}
