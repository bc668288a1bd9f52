// Where the page is: a conversation, a view, an article beside it; each a step of the browser's history.

let apply = () => {};

export function routed(show) {
  apply = show;
  addEventListener("popstate", () => apply(here()));
}

export const here = () => ({ hash: location.hash || "#", panel: history.state?.panel || "" });

const place = (hash) => (hash === "#" ? location.pathname + location.search : hash);

// Name where the page is, without going there: it is there already.
export function address(hash, instead = false) {
  const step = instead ? "replaceState" : "pushState";
  if (place(hash) === place(location.hash || "#") && !history.state?.panel) return;
  history[step]({}, "", place(hash));
}

export function go(hash) {
  if (hash !== (location.hash || "#") || history.state?.panel) history.pushState({}, "", place(hash));
  apply(here());
}

// An article that is opened is a step to go back from; the next takes the place of the first.
export function beside(panel) {
  history[history.state?.panel ? "replaceState" : "pushState"]({ panel, own: true }, "", location.href);
}

// Close what is beside: by going back, if it was opened here.
export function alone() {
  if (history.state?.own) history.back();
  else { history.replaceState({}, "", location.href); apply(here()); }
}
