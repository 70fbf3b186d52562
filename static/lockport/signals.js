// A short sound and the browser's own notification when an alert arrives: both off until somebody presses the button.
(() => {
  "use strict";
  const place = document.querySelector("[data-signals]");
  if (!place) return;
  const isOn = (kind) => localStorage.getItem(`lockport-${kind}`) === "on";
  const buttons = [...place.querySelectorAll("[data-signal]")];
  let audio = null;

  const show = () => {
    for (const button of buttons) button.setAttribute("aria-pressed", isOn(button.dataset.signal));
  };

  // Two quiet tones; a browser plays nothing before the first press of a key or button on the page.
  const ring = () => {
    audio ??= new AudioContext();
    [0, 0.22].forEach((delay, number) => {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      const at = audio.currentTime + delay;
      tone.frequency.value = number ? 660 : 880;
      volume.gain.setValueAtTime(0.12, at);
      volume.gain.exponentialRampToValueAtTime(0.001, at + 0.2);
      tone.connect(volume).connect(audio.destination);
      tone.start(at);
      tone.stop(at + 0.2);
    });
  };

  const allowed = async () => "Notification" in window && (await Notification.requestPermission()) === "granted";

  place.addEventListener("click", async (event) => {
    const kind = event.target.closest("[data-signal]")?.dataset.signal;
    if (!kind) return;
    const on = !isOn(kind) && (kind === "sound" || (await allowed()));
    localStorage.setItem(`lockport-${kind}`, on ? "on" : "off");
    if (on && kind === "sound") ring();
    show();
  });

  document.addEventListener("lockport:arrived", (event) => {
    if (isOn("sound")) ring();
    if (isOn("desktop") && document.hidden && "Notification" in window && Notification.permission === "granted") {
      new Notification("Lockport", { body: event.detail, tag: event.detail });
    }
  });

  if (!("Notification" in window)) buttons.find((button) => button.dataset.signal === "desktop").remove();
  place.hidden = false;
  show();
})();
