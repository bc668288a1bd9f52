// Before anything is painted: the colors that were chosen, and whether there is something to wait for.
(() => {
  const asked = new URLSearchParams(location.search).get("__theme");
  let chosen = "auto";
  try { chosen = localStorage.getItem("qa-theme") || "auto"; } catch { /* kept for this visit only */ }
  const root = document.documentElement;
  root.dataset.theme = ["dark", "light"].includes(asked) ? asked : chosen;
  const narrow = matchMedia("(max-width: 900px)").matches;
  let folded = narrow;
  try { folded = narrow || localStorage.getItem("qa-side") === "folded"; } catch { /* as above */ }
  root.dataset.side = folded ? "folded" : "open";
  if (/^#(talk-|timeline|archive)/.test(location.hash)) root.dataset.arriving = "yes";
})();
