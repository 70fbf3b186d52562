// Starts what django-allauth's webauthn.js offers, as the page's JSON blocks say, and says in words when it fails.
(() => {
  "use strict";
  const start = () => {
    for (const block of document.querySelectorAll("script[data-allauth-onload]")) {
      const [form, ...arguments_] = [block.dataset.allauthOnload.split(".").pop(), JSON.parse(block.textContent)];
      window.allauth.webauthn.forms[form](...arguments_);
    }
  };
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    document.querySelector("[data-passkey-problem]").hidden = false;
  });
  if (document.readyState === "complete") start();
  else document.addEventListener("DOMContentLoaded", start);
})();
