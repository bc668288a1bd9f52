// The list of conversations: which is open, a menu for each, a search above twenty.

import { $, $$, made, notice, say } from "./dom.js";
import { call } from "./server.js";
import { exported, removed } from "./chat.js";

const MANY = 20;
const list = $(".qa-talks");
const filter = $("#qa-filter");
let open = "";

export function showTalks(html, current) {
  if (html !== null) {
    list.innerHTML = html;
    list.removeAttribute("aria-busy");
  }
  open = current;
  for (const link of $$("a", list))
    if (link.getAttribute("href") === `./#talk-${current}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  filter.hidden = $$("li", list).length <= MANY;
  narrowed();
}

function narrowed() {
  const wanted = filter.hidden ? "" : filter.value.trim().toLowerCase();
  for (const row of $$("li", list)) row.hidden = !row.textContent.toLowerCase().includes(wanted);
  for (const group of $$("ul", list)) {
    const none = !$("li:not([hidden])", group);
    group.hidden = none;
    group.previousElementSibling.hidden = none;
  }
}
filter.addEventListener("input", narrowed);

// The menu

let menu = null;

export function closeMenu(back = true) {
  if (!menu) return false;
  const button = $('[data-act="menu"]', menu.parentElement);
  menu.remove();
  menu = null;
  button?.setAttribute("aria-expanded", "false");
  if (back) button?.focus();
  return true;
}

function showMenu(button) {
  closeMenu(false);
  const row = button.closest("li");
  menu = made('<div role="menu" class="qa-menu" aria-label="Conversation"><button type="button" role="menuitem" data-do="rename">Rename</button><button type="button" role="menuitem" data-do="export">Export</button><button type="button" role="menuitem" data-do="delete">Delete</button></div>');
  row.append(menu);
  button.setAttribute("aria-expanded", "true");
  const place = button.getBoundingClientRect();
  menu.style.top = `${Math.min(place.bottom + 4, innerHeight - menu.offsetHeight - 8)}px`;
  menu.style.left = `${Math.max(8, place.right - menu.offsetWidth)}px`;
  $("button", menu).focus();
  menu.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = $$("button", menu);
    all[(all.indexOf(document.activeElement) + step + all.length) % all.length].focus();
  });
}

function rename(row) {
  const link = $("a", row);
  const field = made('<input type="text" class="qa-renaming" maxlength="60" aria-label="A new name for this conversation">');
  field.value = link.textContent;
  link.hidden = true;
  link.after(field);
  field.focus();
  field.select();
  let over = false;
  const done = async (keep) => {
    if (over) return;
    over = true;
    const title = field.value.trim();
    const before = link.textContent;
    field.remove();
    link.hidden = false;
    if (keep && title && title !== before)
      try { showTalks(await call("rename", { talk: row.dataset.talk, title }), open); say(`Renamed to ${title}.`); }
      catch (error) { notice(error.message); }
    $(`li[data-talk="${CSS.escape(row.dataset.talk)}"] a`, list)?.focus();
  };
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") done(true);
    if (event.key === "Escape") { event.stopPropagation(); done(false); }
  });
  field.addEventListener("blur", () => done(true));
}

list.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const row = button.closest("li");
  if (button.dataset.act === "menu") {
    if (menu && menu.parentElement === row) closeMenu(); else showMenu(button);
    return;
  }
  closeMenu();
  try {
    if (button.dataset.do === "rename") rename(row);
    if (button.dataset.do === "export") await exported(row.dataset.talk);
    if (button.dataset.do === "delete") await removed(row.dataset.talk, $("a", row).textContent);
  } catch (error) {
    notice(error.message);
  }
});
document.addEventListener("click", (event) => {
  if (menu && !event.target.closest('.qa-menu, [data-act="menu"]')) closeMenu(false);
});
