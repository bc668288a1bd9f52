// The server's functions, as Gradio hands them to the page's component, and what goes wrong there.

let arrive;
const connected = new Promise((resolve) => { arrive = resolve; });
let parts = null;
let secret = null;

// Said by qa itself, in one line that names the fix; and said by the network.
export class Refused extends Error {}
export class Lost extends Error {}

const ready = () => { if (parts && secret !== null) arrive({ ...parts, secret }); };

const connect = (element, server, upload) => {
  parts = { server, upload };
  ready();
  taken(element);
};

// Take the page into Gradio's component, as soon as that is shown: until then nothing in it could
// have the focus, and what is typed would be lost.
const taken = (element) => {
  if (!element.parentElement.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true })) {
    requestAnimationFrame(() => taken(element));
    return;
  }
  const page = document.querySelector("#qa-page");
  const focused = document.activeElement;
  const places = [...page.querySelectorAll("*")].filter((one) => one.scrollTop);
  const kept = places.map((one) => one.scrollTop);
  const [at, end] = [focused?.selectionStart, focused?.selectionEnd];
  // The markup stands in the document before Gradio is there; what was typed meanwhile stays.
  // Gradio has a main landmark of its own around it.
  page.removeAttribute("role");
  element.append(page);
  places.forEach((one, place) => { one.scrollTop = kept[place]; });
  if (page.contains(focused)) {
    focused.focus({ preventScroll: true });
    if (at != null) focused.setSelectionRange(at, end);
  }
};

window.qa.connect = connect;
window.qa.known = (browser) => { secret = browser || ""; ready(); };
if (window.qa.waiting) connect(...window.qa.waiting);
if (window.qa.told !== undefined) window.qa.known(window.qa.told);

export const isConnected = () => parts !== null && secret !== null;

// What a function of the server returns. Throws `Refused` and `Lost`.
export async function call(name, given = {}) {
  const { server, secret: browser } = await connected;
  let reply;
  try {
    reply = await server[name]({ browser, ...given });
  } catch {
    reply = null;
  }
  if (!reply) throw new Lost("The server cannot be reached. Your question is kept: try again.");
  if (reply.error) throw new Refused(reply.error);
  return reply.value;
}

// Each step of some work, as it is told, the last one too.
export async function* steps(job) {
  let seen = 0;
  for (;;) {
    const step = await call("next", { job, seen });
    seen = step.seen;
    yield step;
    if (step.done) return;
  }
}

export const stop = (job) => call("stop", { job }).catch(() => {});

export async function upload(file) {
  const { upload: send } = await connected;
  return (await send(file)).path;
}
