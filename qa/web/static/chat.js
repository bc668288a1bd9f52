// The conversation: asking, answers as they come, and what can be done with each.

import { $, $$, asked, copied, fitted, icon, kept, made, notice, say, saved } from "./dom.js";
import { Refused, call, isConnected, steps, stop } from "./server.js";
import { fieldsOf } from "./limits.js";
import { showTalks } from "./talks.js";
import { address } from "./route.js";

const DRAFT = "qa-draft";
const WAITING = '<p class="qa-stage">Searching …</p><div class="qa-skeleton" aria-hidden="true"><i></i><i></i><i></i></div>';
const state = { talk: "", job: "", asking: false, trying: "" };
const box = $("#qa-question");
const talk = $("#qa-talk");
const scroller = $("#qa-scroll");
const fit = fitted(box);

export const current = () => state.talk;
const last = () => talk.lastElementChild;
const busy = () => Boolean(state.job || state.asking);

function put(text) {
  box.value = text;
  kept.set(DRAFT, text, sessionStorage);
  fit();
}

function settled() {
  $(".stop-button").hidden = !busy();
  $('#qa-box [type="submit"]').hidden = busy();
}

// The beginning of an exchange, not its end, is what is read next.
function showTop(exchange) {
  exchange.classList.add("qa-fresh");
  scroller.scrollTo({ top: exchange.offsetTop - 16, behavior: "instant" });
}

function titled(title) {
  $("#qa-title").textContent = title || "Ask the archive";
  document.title = title ? `${title} · Ask the archive` : "Ask the archive";
}

// Showing

export function showNew() {
  Object.assign(state, { talk: "", job: "", asking: false });
  forget();
  talk.replaceChildren();
  $("#qa-welcome").hidden = false;
  scroller.scrollTop = 0;
  titled("");
  notice("");
  settled();
}

export async function showTalk(id, number = 0, question = "") {
  if (state.talk === id && !number) return;
  forget();
  try {
    const found = await call("open_talk", { talk: id });
    Object.assign(state, { talk: id, job: "", asking: false });
    $("#qa-welcome").hidden = true;
    talk.innerHTML = found.html;
    titled(found.title);
    notice("");
    settled();
    const wanted = number && $(`.qa-exchange[data-number="${number}"]`, talk);
    const shown = wanted || last();
    if (shown) showTop(shown);
    for (const one of $$(".qa-exchange[data-job]", talk)) follow(one.dataset.job, one);
    if (last() && !last().dataset.job) suggest(last());
  } catch (error) {
    showNew();
    address("#", true);
    notice(error.message);
    if (question) put(question);
  }
}

// Asking

export async function ask(question, instead = null) {
  if (!question.trim()) return;
  if (busy()) {
    notice("One question at a time: stop the answer, or wait for it.");
    return;
  }
  notice("");
  forget();
  const before = instead && $(`.qa-exchange[data-number="${instead}"]`, talk);
  const replaced = before && before === last() ? before : null;
  const exchange = made(`<article class="qa-exchange" aria-label="Question and answer"><div class="qa-question"><h2></h2></div><div class="qa-card">${WAITING}</div></article>`);
  $("h2", exchange).textContent = question;
  if (!isConnected()) $(".qa-stage", exchange).textContent = "Connecting …";
  if (replaced) replaced.replaceWith(exchange); else talk.append(exchange);
  $("#qa-welcome").hidden = true;
  state.asking = true;
  settled();
  showTop(exchange);
  const given = state.talk;
  try {
    const begun = await call("ask", {
      question, talk: state.talk, instead: instead ? Number(instead) : null,
      fields: fieldsOf($("#qa-limits")),
    });
    kept.set(DRAFT, box.value, sessionStorage);
    showTalks(begun.talks, state.talk === given ? begun.talk : state.talk);
    if (state.talk !== given || !exchange.isConnected) return;
    state.asking = false;
    if (!given) {
      state.talk = begun.talk;
      titled(question);
      address(`#talk-${begun.talk}`);
    }
    exchange.dataset.number = begun.number;
    $(".qa-question", exchange).outerHTML = begun.question;
    follow(begun.job, exchange);
  } catch (error) {
    state.asking = false;
    if (replaced) exchange.replaceWith(replaced); else exchange.remove();
    $("#qa-welcome").hidden = talk.childElementCount > 0;
    settled();
    // Nothing that was typed is lost.
    if (!box.value.trim()) put(question);
    const gone = error instanceof Refused && given && /not there any more/.test(error.message);
    notice(error.message, gone ? "Ask in a new conversation" : "Try again",
      () => { put(""); if (gone) { showNew(); address("#"); } ask(question, gone ? null : instead); });
    box.focus();
  }
}

// Show how the work on an exchange goes on, to its end.
async function follow(job, exchange) {
  state.job = job;
  settled();
  try {
    for await (const step of steps(job)) {
      if (!exchange.isConnected) continue;
      const card = $(".qa-card", exchange);
      if (step.error) card.innerHTML = "", card.append(Object.assign(made('<p class="qa-failed"></p>'), { textContent: step.error }));
      else if (step.exchange) exchange = finished(exchange, step);
      else if (step.html) card.innerHTML = step.html;
      else if (step.stage) ($(".qa-stage", card) || card).textContent = step.stage;
    }
  } catch (error) {
    if (exchange.isConnected) await broken(exchange, error);
    return;
  } finally {
    if (state.job === job) { state.job = ""; settled(); }
  }
  if (exchange.isConnected && !exchange.dataset.done) await reopened();
}

function finished(exchange, step) {
  const shown = made(step.exchange);
  shown.dataset.done = "yes";
  shown.className = exchange.className;
  exchange.replaceWith(shown);
  showTalks(step.talks, state.talk);
  say(step.said);
  if (shown === last()) suggest(shown);
  return shown;
}

// The connection is gone: the question stays, and is asked again at a press.
async function broken(exchange, error) {
  const question = $("h2", exchange).textContent;
  const card = $(".qa-card", exchange);
  card.replaceChildren(Object.assign(made('<p class="qa-failed"></p>'), { textContent: error.message }));
  card.append(made(`<div class="qa-actions"><button type="button" class="qa-act" data-act="again">${icon("M20 11a8 8 0 1 0-2 6M20 5v6h-6")}<span>Ask again</span></button></div>`));
  if (!box.value.trim()) put(question);
}

async function reopened() {
  const id = state.talk;
  state.talk = "";
  await showTalk(id);
}

// Questions that go on from the last answer; those of an earlier one go.
function forget() {
  if (state.trying) stop(state.trying);
  state.trying = "";
  for (const one of $$(".qa-next", talk)) one.remove();
}

async function suggest(exchange) {
  if (!["fact", "yesno", "list", "count", "compare", "overview", "who"].includes(exchange.dataset.kind)) return;
  try {
    const begun = await call("suggest", { talk: state.talk, number: Number(exchange.dataset.number), fields: fieldsOf($("#qa-limits")) });
    if (!begun.job || exchange !== last()) return;
    state.trying = begun.job;
    for await (const step of steps(begun.job)) {
      if (state.trying !== begun.job || !exchange.isConnected) return;
      if (step.html) exchange.append(made(`<div class="qa-next">${step.html}</div>`));
    }
  } catch { /* nothing is offered */ }
}

// What can be done with an answer

const text = (one) => one.innerText.replace(/\s+/g, " ").trim();

function answerText(exchange) {
  const said = $$(".qa-lead, .qa-side h3, .qa-answer", exchange).map(text);
  const sources = $$(".qa-source", exchange).map((one) => {
    const parts = [".qa-title", ".qa-quoted"].map((name) => $(name, one)).filter(Boolean).map(text);
    const number = $(".qa-number", one);
    const facts = $(".qa-facts", one).lastChild.textContent.trim();
    return [`${number ? `[${text(number)}] ` : ""}${facts}`, ...parts].join("\n");
  });
  return [...said, ...sources].join("\n\n");
}

const acts = {
  copy: (exchange, button) => copied(answerText(exchange), button),
  link: (exchange, button) => {
    const question = encodeURIComponent($("h2", exchange).textContent);
    const place = `${location.origin}${location.pathname}#talk-${state.talk}.${exchange.dataset.number}&q=${question}`;
    return copied(place, button);
  },
  markdown: async (exchange, button) => {
    const found = await call("exported", { talk: state.talk, number: Number(exchange.dataset.number) });
    return copied(found.text, button);
  },
  again: (exchange) => ask($("h2", exchange).textContent, exchange.dataset.number || null),
  edit: (exchange) => edit(exchange),
  up: (exchange, button) => rate(exchange, button, "up"),
  down: (exchange, button) => rate(exchange, button, "down"),
};

function edit(exchange) {
  const place = $(".qa-question", exchange);
  if ($("textarea", place)) return;
  const before = $("h2", place).textContent;
  const form = made('<form class="qa-editing"><label class="qa-hidden">Question<textarea rows="1"></textarea></label><div><button type="button" class="qa-button qa-plain">Cancel</button><button type="submit" class="qa-button">Submit</button></div></form>');
  const area = $("textarea", form);
  // A label around the field would name it by its text.
  area.setAttribute("aria-label", "Question");
  form.prepend(area);
  $("label", form).remove();
  area.value = before;
  const inside = [...place.childNodes];
  place.replaceChildren(form);
  fitted(area);
  area.focus();
  const back = () => { place.replaceChildren(...inside); $("[data-act=edit]", place)?.focus(); };
  $(".qa-plain", form).addEventListener("click", back);
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { event.stopPropagation(); back(); }
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); form.requestSubmit(); }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const question = area.value;
    back();
    if (question.trim()) { box.focus(); ask(question, exchange.dataset.number); }
  });
}

export function editLast() {
  const exchange = last();
  if (exchange?.dataset.number) edit(exchange);
}

async function rate(exchange, button, rating) {
  const taken = button.getAttribute("aria-pressed") === "true";
  const given = { talk: state.talk, number: Number(exchange.dataset.number) };
  await call("rate", { ...given, rating: taken ? null : rating });
  $(".qa-remark", exchange)?.remove();
  for (const name of ["up", "down"])
    $(`[data-act=${name}]`, exchange).setAttribute("aria-pressed", String(!taken && name === rating));
  if (taken) return;
  const right = rating === "down" ? '<label>The right answer, if you know it<input type="text" name="right" maxlength="500"></label>' : "";
  const form = made(`<form class="qa-remark">${right}<label>A note, if you like<input type="text" name="note" maxlength="2000"></label><div><button type="button" class="qa-button qa-plain">No more to say</button><button type="submit" class="qa-button">Keep</button></div></form>`);
  $(".qa-actions", exchange).after(form);
  $(".qa-plain", form).addEventListener("click", () => { form.remove(); button.focus(); });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await call("rate", { ...given, rating, right: form.elements.right?.value || "", note: form.elements.note.value });
    form.remove();
    button.focus();
    say("Thank you: it is kept with the question.");
  });
}

// The box

$("#qa-box").addEventListener("submit", (event) => {
  event.preventDefault();
  const question = box.value;
  if (busy()) { ask(question); return; }
  if (!question.trim()) return;
  box.value = "";
  fit();
  ask(question);
});
box.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $("#qa-box").requestSubmit();
  }
  if (event.key === "ArrowUp" && !box.value) { event.preventDefault(); editLast(); }
});
box.addEventListener("input", () => kept.set(DRAFT, box.value, sessionStorage));
$("[data-act=stop]").addEventListener("click", async () => {
  const job = state.job;
  if (!job) return;
  await stop(job);
  box.focus();
});
talk.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-act]");
  if (!button || !acts[button.dataset.act]) return;
  try {
    await acts[button.dataset.act](button.closest(".qa-exchange"), button);
  } catch (error) {
    notice(error.message);
  }
});

// Room below the last exchange, so that its beginning can stand at the top.
new ResizeObserver(() => {
  scroller.style.setProperty("--qa-room", `${scroller.clientHeight}px`);
}).observe(scroller);

if (!box.value) put(kept.get(DRAFT, sessionStorage));

export async function exported(id) {
  const found = await call("exported", { talk: id });
  saved(found.name, found.text);
}

export async function removed(id, title) {
  const body = document.createElement("p");
  body.textContent = `“${title}” and its answers will be gone.`;
  if (!(await asked("Delete this conversation?", body, "Delete"))) return;
  const html = await call("remove_talk", { talk: id });
  if (id === state.talk) { showNew(); address("#", true); }
  showTalks(html, state.talk);
  box.focus();
}
