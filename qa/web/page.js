() => {
  // A citation is a link of ours: hand it over, and press the hidden button that opens it.
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#cite-"]');
    if (!link) return;
    event.preventDefault();
    window.qaCitation = link.getAttribute("href");
    document.querySelector("#qa-go").click();
  });
  window.qaShowQuote = () => {
    // The panel is drawn after the event: wait for it.
    requestAnimationFrame(() => setTimeout(() => {
      const place = document.querySelector("#qa-quote") || document.querySelector("#qa-panel");
      place.scrollIntoView({ block: "center" });
      place.focus({ preventScroll: true });
    }, 50));
  };
}
