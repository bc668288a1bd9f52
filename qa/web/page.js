() => {
  // Links of ours: hand the link over, and press the hidden button of its kind.
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    const kind = link && /^#(cite|article|ask|talk|month|more|drop)-/.exec(link.getAttribute("href"));
    if (!kind) return;
    event.preventDefault();
    if (kind[1] === "drop" && !confirm("Remove this article from the archive?")) return;
    window.qaLink = link.getAttribute("href");
    document.querySelector(`#qa-go-${kind[1]}`).click();
  });
  // Before anything hears of the click, which would already stop an answer.
  document.addEventListener("click", (event) => {
    if (event.target.closest("#qa-delete") && !confirm("Delete this conversation?"))
      event.stopPropagation();
  }, true);
  // An answer's own words: what Gradio's button copies is their markup.
  document.addEventListener("click", (event) => {
    const button = event.target.closest('a[href="#qa-copy"]');
    if (!button) return;
    event.preventDefault();
    const parts = [...button.closest(".message-content, .message").querySelectorAll(
      ".qa-answer, .qa-citation")];
    qaCopy(parts.map((part) => part.innerText).join("\n\n"));
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
  // A button that opens a calendar has a picture only.
  new MutationObserver(() => {
    for (const button of document.querySelectorAll("button.calendar:not([aria-label])"))
      button.setAttribute("aria-label", "Calendar");
  }).observe(document.body, { childList: true, subtree: true });
  const qaCopy = (text) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    // Without https, as in a local network, only this works.
    const area = document.body.appendChild(document.createElement("textarea"));
    area.value = text;
    area.select();
    document.execCommand("copy");
    area.remove();
  };
  window.qaShowQuote = () => {
    // The panel is drawn after the event: wait for it.
    requestAnimationFrame(() => setTimeout(() => {
      const place = document.querySelector("#qa-quote") || document.querySelector("#qa-panel");
      place.scrollIntoView({ block: "center" });
      place.focus({ preventScroll: true });
    }, 50));
  };
  window.qaAddress = (shown) => {
    const current = /href="#talk-([\w-]+)" aria-current/.exec(shown);
    const place = window.location.pathname + window.location.search;
    history.replaceState(history.state, "", current ? `#talk-${current[1]}` : place);
  };
  window.qaSave = (text) => {
    const name = (/^# (.*)/.exec(text)?.[1] || "conversation").replace(/[^\p{L}\p{N}]+/gu, "-");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/markdown" }));
    link.download = `${name.replace(/^-|-$/g, "")}.md`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
}
