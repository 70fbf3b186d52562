// Shows what web push brings: place and link, never a face or a name. Served as /push-worker.js.
self.addEventListener("push", (event) => {
  const said = event.data ? event.data.json() : { body: "", url: "/", tag: "lockport" };
  const options = { body: said.body, tag: said.tag, data: { url: said.url }, requireInteraction: true };
  event.waitUntil(self.registration.showNotification(said.title || "Lockport", options));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const place = new URL(event.notification.data.url, self.location.origin);
  if (place.origin === self.location.origin) event.waitUntil(self.clients.openWindow(place.href));
});
