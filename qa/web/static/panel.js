// The article, in a drawer beside the page; on a phone a sheet above it.

import { $, narrow } from "./dom.js";
import { call } from "./server.js";
import { alone, beside } from "./route.js";

const panel = $("#qa-panel");
const inside = $("#qa-article");
let opener = null;
let shown = "";

export const isOpen = () => !panel.hidden;

export function open(href, from) {
  opener = from;
  beside(href);
  return show(href);
}

export async function show(href) {
  if (href === shown && isOpen()) { toQuote(); return; }
  shown = href;
  panel.hidden = false;
  document.documentElement.dataset.panel = "open";
  inside.innerHTML = '<div class="qa-skeleton" aria-hidden="true"><i></i><i></i><i></i><i></i></div>';
  inside.focus({ preventScroll: true });
  let html;
  try {
    html = await call("article", { href });
  } catch (error) {
    html = "";
    inside.textContent = error.message;
  }
  if (shown !== href) return;
  if (html) inside.innerHTML = html;
  $(".qa-panel-bar span", panel).textContent = $("#qa-article-title")?.textContent || "Article";
  toQuote();
}

function toQuote() {
  const quote = $("#qa-quote") || $("#qa-article-title") || inside;
  // Only the drawer moves: `scrollIntoView` would move the page around it, too.
  const place = quote.getBoundingClientRect().top - inside.getBoundingClientRect().top;
  const room = Math.max(0, (inside.clientHeight - quote.offsetHeight) / 3);
  inside.scrollTop = quote.id === "qa-quote" ? inside.scrollTop + place - room : 0;
  quote.focus({ preventScroll: true });
}

export function hide() {
  if (panel.hidden) return;
  panel.hidden = true;
  shown = "";
  inside.replaceChildren();
  delete document.documentElement.dataset.panel;
  const back = opener?.isConnected ? opener : $("#qa-question");
  if (!narrow() || opener) back.focus({ preventScroll: true });
  opener = null;
}

export const close = () => alone();
