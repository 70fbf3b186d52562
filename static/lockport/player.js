// Plays one part after the other; without this script the parts are links. The next part is loaded while one plays.
(() => {
  const box = document.querySelector("[data-player]");
  if (!box) return;
  const parts = [...document.querySelectorAll("[data-chunks] a")];
  const position = box.querySelector("[data-position]");
  const notice = box.querySelector("[data-notice]");
  const clock = new Intl.DateTimeFormat("en-GB", { timeZone: box.dataset.zone, timeStyle: "medium" });
  let shown = box.querySelector("video");
  let waiting = null;
  let at = 0;

  const start = (number) => Date.parse(parts[number].dataset.start);

  function prepare(number) {
    waiting = null;
    if (number >= parts.length) return;
    waiting = shown.cloneNode();
    waiting.preload = "auto";
    waiting.hidden = true;
    waiting.src = parts[number].href;
    shown.after(waiting);
  }

  function show(number, plays) {
    const next = waiting && waiting.src === parts[number].href ? waiting : shown;
    if (next !== shown) { shown.replaceWith(next); next.hidden = false; } else { next.src = parts[number].href; }
    if (waiting && waiting !== next) waiting.remove();
    const gap = number > 0 ? start(number) - Date.parse(parts[number - 1].dataset.end) : 0;
    notice.textContent = gap > 1500 ? say("Nothing was recorded for %(seconds)s seconds before this.", { seconds: Math.round(gap / 1000) }) : "";
    shown = next;
    at = number;
    listen();
    if (plays) shown.play().catch(() => {});
  }

  function listen() {
    shown.ontimeupdate = () => {
      position.textContent = clock.format(start(at) + shown.currentTime * 1000);
      if (!waiting && shown.currentTime > 0) prepare(at + 1);
    };
    shown.onended = () => { if (at + 1 < parts.length) show(at + 1, true); };
    shown.onerror = () => { notice.textContent = say("This part cannot be played here: it was destroyed, or your browser does not know its format."); };
  }

  parts.forEach((part, number) => part.addEventListener("click", (event) => { event.preventDefault(); show(number, true); }));
  listen();
})();
