// What htmx could not send or get answered is said at the card it was about, in one place; and the banner over the page.
(() => {
  "use strict";
  const banner = () => document.querySelector("[data-offline]");
  const words = () => banner().querySelector("[data-offline-words]");
  let lost = "";

  const showBanner = (text) => {
    words().textContent = text;
    banner().hidden = false;
  };
  const signedOut = () => {
    showBanner(`${say("You are signed out, so nothing new is shown here.")} `);
    const link = document.createElement("a");
    link.href = `${banner().dataset.signIn}?next=${encodeURIComponent(location.pathname + location.search)}`;
    link.textContent = say("Sign in again");
    words().append(link);
  };
  const connectionLost = () => showBanner(lost);

  const why = (status) => {
    if (status === 403 || status === 404) return say("this page is too old; reload it first.");
    return say("the server has a problem.");
  };

  // Only forms: what a page asks for by itself comes again in some seconds, and is no news.
  const sayAt = (event, reason) => {
    const form = event.detail.elt.closest("form");
    if (!form) return;
    forget(form);
    const line = document.createElement("p");
    line.className = "problem";
    line.dataset.unsent = "";
    form.append(line);
    // Filled once it is there: some screen readers pass over an alert that came with its words.
    line.setAttribute("role", "alert");
    line.textContent = form.hasAttribute("data-undo")
      ? say("Your answer was not taken back: %(why)s Try again.", { why: reason })
      : say("Your answer was not sent: %(why)s Try again.", { why: reason });
    line.scrollIntoView({ block: "nearest" });
  };
  const forget = (form) => form.querySelector("[data-unsent]")?.remove();

  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = event.detail.elt.closest("form");
    if (form) forget(form);
  });
  document.addEventListener("htmx:sendError", (event) => {
    sayAt(event, say("the connection is lost."));
    document.dispatchEvent(new CustomEvent("lockport:lost"));
  });
  document.addEventListener("htmx:timeout", (event) => sayAt(event, say("the server did not answer in time.")));
  document.addEventListener("htmx:responseError", (event) => sayAt(event, why(event.detail.xhr.status)));
  // The server's answer to what a page asks for by itself once its person is signed out (lockport/signed_out.py).
  document.addEventListener("lockport:signed-out", signedOut);

  document.addEventListener("DOMContentLoaded", () => {
    lost = words().textContent;
    // Said once: after a reload it would be about something that may have been sent meanwhile.
    const place = new URL(location.href);
    if (!place.searchParams.has("unsent")) return;
    place.searchParams.delete("unsent");
    history.replaceState(null, "", place);
  });

  window.lockportBanner = {
    connectionLost,
    signedOut,
    hide: () => {
      banner().hidden = true;
    },
  };
})();
