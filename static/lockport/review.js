// Fast hands: J and K walk through the cards, 1 2 3 answer, Z enlarges both faces. Everything works without it, too.
(() => {
  "use strict";
  const cards = () => [...document.querySelectorAll('.queue[data-section="yours"] .card')];
  const page = () => document.querySelector("article.alert");
  let current = null;

  const choose = (card, focus) => {
    if (current) current.classList.remove("current");
    current = card;
    if (!card) return;
    card.classList.add("current");
    if (focus) {
      card.focus({ preventScroll: true });
      card.scrollIntoView({ block: "nearest" });
    }
  };

  const step = (by) => {
    const all = cards();
    if (!all.length) return;
    const at = all.indexOf(current);
    choose(all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)], true);
  };

  // A button that goes takes the focus with it. Whoever has no mouse goes on with the next card, not at the top of the page.
  const goOn = () => (current || document.getElementById("main")).focus({ preventScroll: true });

  const answer = (number) => {
    const place = page() || current;
    const button = place && place.querySelectorAll("[data-question] .answers button")[number - 1];
    if (button && !button.disabled) button.click();
  };

  // What was just answered can be taken back for ten seconds: the card has the form, the toast brings it to hand.
  const toast = () => document.querySelector("[data-toast]");
  const undoForm = () => document.querySelector(toast()?.dataset.form || "article.alert [data-undo]");
  let toastTimer = null;
  const hideToast = () => {
    clearTimeout(toastTimer);
    const place = toast();
    if (!place) return;
    const hadFocus = place.contains(document.activeElement);
    place.hidden = true;
    if (hadFocus) goOn();
  };
  const takeBack = () => {
    const button = undoForm()?.querySelector("button");
    hideToast();
    if (button) button.click();
  };
  const offerUndo = (card) => {
    hideToast();
    const form = card.querySelector("[data-undo]");
    const place = toast();
    if (!place) return;
    delete place.dataset.form;
    if (!form) return;
    place.dataset.form = `#${card.id} [data-undo]`;
    place.querySelector("[data-toast-words]").textContent = say("You answered: %(answer)s.", { answer: form.dataset.said });
    place.hidden = false;
    toastTimer = setTimeout(hideToast, Number(form.dataset.undo) * 1000);
    expireUndo(card);
  };
  const expireUndo = (place) => {
    for (const form of place.querySelectorAll("[data-undo]")) {
      setTimeout(() => {
        const hadFocus = form.contains(document.activeElement);
        const answered = form.closest(".answer, .card");
        form.remove();
        if (hadFocus) answered.focus({ preventScroll: true });
      }, Number(form.dataset.undo) * 1000);
    }
  };

  const enlarge = (place) => place && place.classList.toggle("enlarged");
  const isTyping = (target) => target.closest("input:not([type=range]), textarea, select, [contenteditable]");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target)) return;
    const key = event.key.toLowerCase();
    if (key === "j") step(1);
    else if (key === "k") step(-1);
    else if (["1", "2", "3"].includes(key)) answer(Number(key));
    else if (key === "u") takeBack();
    else if (key === "z") enlarge(page() || current);
    else return;
    event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const face = event.target.closest(".face:not(p)");
    if (face) enlarge(face.closest("article"));
    if (event.target.closest("[data-toast-undo]")) takeBack();
    if (event.target.closest("[data-print]")) window.print();
  });
  document.addEventListener("focusin", (event) => {
    const card = event.target.closest('.queue[data-section="yours"] .card');
    if (card) choose(card, false);
  });

  // Another answer than the first press of a double click must not reach the next card.
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-question]");
    if (!form || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });

  const sinceWords = (seconds) => {
    if (seconds < 5) return say("just now");
    if (seconds < 60) return say("%(number)s s ago", { number: Math.floor(seconds) });
    if (seconds < 3600) return say("%(number)s min ago", { number: Math.floor(seconds / 60) });
    if (seconds < 86400) return say("%(number)s h ago", { number: Math.floor(seconds / 3600) });
    const days = Math.floor(seconds / 86400);
    return days === 1 ? say("1 day ago") : say("%(number)s days ago", { number: days });
  };
  const refreshTimes = () => {
    for (const place of document.querySelectorAll("[data-ago]")) {
      place.textContent = sinceWords((Date.now() - Date.parse(place.dataset.ago)) / 1000);
    }
  };
  setInterval(refreshTimes, 5000);

  const offerOverlay = () => {
    const overlay = document.querySelector("[data-overlay]");
    const faces = overlay && overlay.parentElement.querySelector(".faces");
    if (!faces) return;
    const slider = overlay.querySelector("input");
    const upper = faces.querySelector("figure + figure");
    overlay.hidden = false;
    slider.addEventListener("input", () => {
      faces.classList.toggle("overlaid", slider.value > 0);
      upper.style.opacity = slider.value > 0 ? slider.value / 100 : 1;
    });
  };

  document.addEventListener("DOMContentLoaded", () => {
    document.documentElement.classList.toggle("has-keys", matchMedia("(hover: hover)").matches);
    for (const hint of document.querySelectorAll("[data-keys]")) hint.hidden = !matchMedia("(hover: hover)").matches;
    for (const button of document.querySelectorAll("[data-print]")) button.hidden = false;
    expireUndo(document);
    offerOverlay();
    choose(cards()[0] || null, false);
  });

  // For live.js: after cards have moved, the one in hand is still a card that waits.
  window.lockport = {
    offerUndo,
    expireUndo,
    settle: (near) => {
      const all = cards();
      if (!current || !current.isConnected || !all.includes(current)) choose(all[Math.min(near || 0, all.length - 1)] || null, false);
    },
    holdFocus: () => {
      if (document.activeElement === document.body) goOn();
    },
    placeOf: (card) => cards().indexOf(card),
  };
})();
