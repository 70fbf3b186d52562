// Checks the files of an import without leaving the page, so that the browser still has them when they are proposed.
(() => {
  "use strict";
  const form = document.querySelector("form[data-import]");
  const plan = document.getElementById("plan");
  if (!form || !plan) return;
  form.addEventListener("submit", async (event) => {
    if (event.submitter?.name !== "check") return;
    event.preventDefault();
    event.submitter.disabled = true;
    plan.textContent = say("The files are being checked: each photograph takes about a second…");
    const body = new FormData(form);
    body.append("check", "1");
    try {
      const answer = await fetch(form.action || location.href, { method: "POST", body, headers: { "X-Part": "plan" }, credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      plan.innerHTML = await answer.text();
    } catch {
      plan.textContent = say("The files could not be checked: the connection is lost, or a file is larger than 20 MB or all of them than 80 MB. Nothing was kept; try again.");
    }
    event.submitter.disabled = false;
    plan.focus();
  });
})();
