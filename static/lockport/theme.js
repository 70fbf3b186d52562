// Light, dark, or as the device says. Loaded in the head, so that a page never flashes in the other colours.
(() => {
  "use strict";
  const root = document.documentElement;
  const words = () => ({ auto: say("Colours: device"), light: say("Colours: light"), dark: say("Colours: dark") })[theme];
  const next = { auto: "light", light: "dark", dark: "auto" };
  let theme = "auto";
  try {
    theme = localStorage.getItem("theme") || "auto";
  } catch {
    // A browser that keeps nothing follows the device.
  }
  const apply = () => {
    if (theme === "auto") delete root.dataset.theme;
    else root.dataset.theme = theme;
  };
  apply();
  document.addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector("[data-theme-switch]");
    if (!button) return;
    const label = () => {
      button.querySelector("[data-theme-word]").textContent = words().split(": ")[1];
      button.setAttribute("aria-label", words());
      button.title = words();
    };
    button.hidden = false;
    label();
    button.addEventListener("click", () => {
      theme = next[theme] || "auto";
      try {
        localStorage.setItem("theme", theme);
      } catch {
        // The choice then lasts as long as the page.
      }
      apply();
      label();
    });
  });
})();
