// "This browser": asks for permission, subscribes, and writes what the browser answers into the address field.
(() => {
  "use strict";
  const button = document.querySelector("[data-push]");
  if (!button || !("serviceWorker" in navigator) || !("PushManager" in window)) return;
  const place = button.closest("[data-push-box]");
  const said = place.querySelector("[data-push-said]");
  const address = document.getElementById("id_address");
  const name = document.getElementById("id_name");

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));

  const subscribe = async () => {
    if ((await Notification.requestPermission()) !== "granted") throw new Error("refused");
    await navigator.serviceWorker.register(button.dataset.worker);
    const worker = await navigator.serviceWorker.ready;
    return worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(button.dataset.push) });
  };

  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      address.value = `webpush:${JSON.stringify(await subscribe())}`;
      address.readOnly = true;
      if (!name.value) name.value = button.dataset.name;
      said.textContent = button.dataset.done;
    } catch (error) {
      said.textContent = error.message === "refused" ? button.dataset.refused : button.dataset.failed;
    }
    button.disabled = false;
  });
  place.hidden = false;
})();
