// Alerts arrive without reloading: the stream says which one changed, and its card is fetched through an ordinary view.
(() => {
  "use strict";
  const body = document.body;
  if (!body.dataset.stream || !window.EventSource) return;
  const title = document.title;
  const banner = window.lockportBanner;
  const voice = document.querySelector("[data-announcements]");
  const waiting = [];
  let busy = false;
  let bannerTimer = null;

  const section = (key) => document.querySelector(`.queue[data-section="${key}"]`);

  // What waits outside the chosen filter: not shown here, and counted all the same.
  const outside = new Set((body.dataset.outside || "").split(" ").filter(Boolean));
  const sayOutside = () => {
    const line = document.querySelector("[data-outside-words]");
    if (!line) return;
    const number = outside.size;
    if (!number) line.textContent = "";
    else line.textContent = number === 1 ? say("1 more waits for you outside this filter.") : say("%(number)s more wait for you outside this filter.", { number });
  };

  const count = () => {
    for (const place of document.querySelectorAll(".queue")) {
      const number = place.querySelectorAll(".card").length + Number(place.dataset.leftOff);
      const tally = place.querySelector("[data-tally]");
      tally.textContent = number;
      tally.dataset.tally = number;
      place.querySelector("[data-empty]").hidden = number > 0;
    }
    const yours = Number(section("yours").querySelector("[data-tally]").textContent);
    const all = yours + outside.size;
    document.title = all ? `(${all}) ${title}` : title;
    sayOutside();
    const badge = document.querySelector("[data-waiting-count]");
    if (badge) {
      badge.textContent = all;
      badge.hidden = all === 0;
    }
  };

  const goesBefore = (card, other) =>
    Number(card.dataset.rank) !== Number(other.dataset.rank)
      ? Number(card.dataset.rank) > Number(other.dataset.rank)
      : Date.parse(card.dataset.seen) > Date.parse(other.dataset.seen);

  const place = (card) => {
    const list = section(card.dataset.section).querySelector("[data-cards]");
    if (card.parentElement === list) return;
    const others = [...list.children];
    const next = card.dataset.section === "decided" ? others[0] : others.find((other) => goesBefore(card, other));
    list.insertBefore(card, next || null);
  };

  // Whoever is writing a note keeps it, and the cursor, when the card is renewed.
  const keepNote = (before, after) => {
    const old = before.querySelector("textarea");
    const fresh = after.querySelector("textarea");
    if (!old || !fresh || (!old.value && document.activeElement !== old)) return () => {};
    fresh.value = old.value;
    fresh.closest("details").open = true;
    return document.activeElement === old ? () => fresh.focus() : () => {};
  };

  // What must not be missed stays until it is closed: what others did to an alert that this person has answered.
  const tell = (card, words) => {
    const news = document.querySelector("[data-news]");
    const line = document.createElement("p");
    line.className = "note-change";
    line.dataset.about = card.id;
    const link = document.createElement("a");
    link.href = card.querySelector("h3 a").href;
    link.textContent = say("What to do now");
    const close = document.createElement("button");
    close.type = "button";
    close.className = "quiet";
    close.textContent = say("Close");
    close.addEventListener("click", () => line.remove());
    line.append(words, " ", link, close);
    for (const old of news.children) if (old.dataset.about === card.id) old.remove();
    news.prepend(line);
    while (news.children.length > 3) news.lastElementChild.remove();
  };
  const tellOfConfirmation = (before, card) => {
    const [was, is] = [before.dataset.status, card.dataset.status];
    const what = { category: card.querySelector("h3").textContent.trim(), place: card.dataset.place };
    if (was !== "confirmed" && is === "confirmed") tell(card, say("Confirmed by a second person: %(category)s at %(place)s.", what));
    else if (was === "confirmed" && is !== "confirmed") tell(card, say("The confirmation was withdrawn: %(category)s at %(place)s. Somebody else is asked now.", what));
  };

  const show = (html, kind) => {
    const holder = document.createElement("template");
    holder.innerHTML = html.trim();
    const card = holder.content.firstElementChild;
    const isChosen = ["school", "category"].every((key) => !body.dataset[key] || body.dataset[key] === card.dataset[key]);
    if (!isChosen) {
      outside[card.dataset.section === "yours" ? "add" : "delete"](card.dataset.alert);
      return count();
    }
    const before = document.getElementById(card.id);
    const near = before ? window.lockport.placeOf(before) : 0;
    const isNew = !before;
    let after = () => {};
    if (before) {
      tellOfConfirmation(before, card);
      const hadFocus = before.contains(document.activeElement);
      after = keepNote(before, card);
      card.classList.toggle("enlarged", before.classList.contains("enlarged"));
      const samePlace = before.dataset.section === card.dataset.section;
      if (samePlace) before.replaceWith(card);
      else before.remove();
      if (samePlace && hadFocus) card.focus({ preventScroll: true });
    }
    place(card);
    window.htmx.process(card);
    window.lockport.expireUndo(card);
    after();
    if (isNew && card.dataset.section === "yours") {
      card.classList.add("arrived");
      voice.textContent = card.dataset.said;
      document.dispatchEvent(new CustomEvent("lockport:arrived", { detail: card.dataset.said }));
    } else if (kind === "decided" && card.dataset.section === "yours") {
      voice.textContent = say("%(place)s: a second person is needed", { place: card.dataset.said });
    }
    count();
    window.lockport.settle(near);
  };

  const remove = (number) => {
    const card = document.getElementById(`alert-${number}`);
    if (card) card.remove();
    outside.delete(String(number));
    count();
    window.lockport.settle(0);
  };

  const fetchNext = async () => {
    if (busy || !waiting.length) return;
    busy = true;
    const { alert: number, kind, tries } = waiting.shift();
    try {
      const answer = await fetch(`${body.dataset.alerts}${number}/card`, { headers: { "HX-Request": "true" }, redirect: "error" });
      if (answer.status === 204) banner.signedOut();
      else if (answer.ok) show(await answer.text(), kind);
      else if (answer.status === 404 || answer.status === 403) remove(number);
      else throw new Error(answer.status);
    } catch {
      // An alert that has been announced is shown in the end, however often the server stumbles over it.
      setTimeout(() => ask(number, kind, tries + 1), Math.min(1000 * 2 ** tries, 30000));
    }
    busy = false;
    fetchNext();
  };

  const ask = (number, kind, tries) => {
    const known = waiting.findIndex((each) => each.alert === number);
    if (known >= 0) waiting.splice(known, 1);
    waiting.push({ alert: number, kind, tries });
    fetchNext();
  };

  let source = null;
  let lastId = body.dataset.after;
  const connect = () => {
    if (source) source.close();
    source = new EventSource(`${body.dataset.stream}?after=${lastId}`);
    source.addEventListener("open", () => {
      clearTimeout(bannerTimer);
      bannerTimer = null;
      banner.hide();
    });
    source.addEventListener("alert", (event) => {
      lastId = event.lastEventId;
      const change = JSON.parse(event.data);
      if (body.dataset.only) {
        const isNews = Number(event.lastEventId) > Number(body.dataset.after);
        if (isNews && String(change.alert) === body.dataset.only) document.querySelector("[data-changed]").hidden = false;
      } else ask(change.alert, change.kind, 0);
    });
    source.addEventListener("signed-out", () => {
      source.close();
      banner.signedOut();
    });
    // A grant has gone: the page is asked for anew, so that nothing stays on it that is not this person's to see.
    source.addEventListener("less-to-see", () => location.reload());
    source.addEventListener("error", () => {
      // A moment without the stream is no news; two seconds are.
      if (!bannerTimer) bannerTimer = setTimeout(banner.connectionLost, 2000);
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, 5000);
    });
  };

  // An answer did not get through, or the device says that it is offline: no need to wait for the stream to notice.
  // Connecting anew takes the banner away again as soon as that succeeds.
  const lost = () => {
    banner.connectionLost();
    connect();
  };
  document.addEventListener("lockport:lost", lost);
  window.addEventListener("offline", lost);
  window.addEventListener("online", connect);

  document.addEventListener("htmx:afterSwap", (event) => {
    if (body.dataset.only) return;
    // After an answer the card in the event's target has been replaced: bring the new one to its section.
    const number = event.detail.requestConfig?.path.match(/alerts\/(\d+)\/(?:decision|undo)$/)?.[1];
    const card = number && document.getElementById(`alert-${number}`);
    if (!card) return;
    place(card);
    count();
    window.lockport.settle(0);
    window.lockport.offerUndo(card);
    window.lockport.holdFocus();
  });

  document.addEventListener("DOMContentLoaded", () => {
    if (!body.dataset.only) count();
  });
  window.addEventListener("pagehide", () => source && source.close());
  window.addEventListener("pageshow", (event) => event.persisted && connect());
  connect();
})();
