// Photographs dropped on the form or chosen with its button: each is judged at once, and can be cut to one face. The server
// keeps nothing of it until the form is saved; without this script the form works as it is.
(() => {
  "use strict";
  const place = document.getElementById("desk-form");
  const input = document.querySelector("input[type=file][name=new_photographs]");
  if (!place || !input || !window.LockportCrop) return;

  const make = (name, words, className) => {
    const element = document.createElement(name);
    if (words) element.textContent = words;
    if (className) element.className = className;
    return element;
  };
  const button = (words, act) => {
    const element = make("button", words);
    element.type = "button";
    element.addEventListener("click", act);
    return element;
  };

  const zone = make("div", "", "drop");
  const cards = make("ul", "", "desk-cards");
  const told = make("p", "", "help");
  told.setAttribute("role", "status");
  input.replaceWith(zone);
  zone.append(make("p", say("Drop photographs here, or choose them:")), input);
  zone.closest(".form-row").append(cards, told);

  let files = [];
  const keep = () => {
    const list = new DataTransfer();
    for (const file of files) list.items.add(file);
    input.files = list.files;
  };
  const add = (more) => {
    const room = 10 - files.length;
    const pictures = [...more].filter((file) => file.type.startsWith("image/") || !file.type);
    const others = [...more].filter((file) => !pictures.includes(file)).map((file) => file.name);
    files = [...files, ...pictures.slice(0, room)];
    keep();
    for (const file of pictures.slice(0, room)) show(file);
    const words = [];
    if (pictures.length > room) words.push(say("At most 10 photographs at a time: the others were left out."));
    if (others.length) words.push(say("Left out: %(names)s. Only photographs are taken here.", { names: others.join(", ") }));
    told.textContent = words.join(" ");
  };

  input.addEventListener("change", () => {
    const chosen = [...input.files].filter((file) => !files.includes(file));
    add(chosen);
  });
  for (const kind of ["dragenter", "dragover"]) {
    zone.addEventListener(kind, (event) => { event.preventDefault(); zone.classList.add("over"); });
  }
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    add(event.dataTransfer.files);
  });

  const judge = async (file) => {
    const body = new FormData();
    body.append("photograph", file);
    body.append("entry", place.dataset.entry);
    body.append("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
    const answer = await fetch(place.dataset.preview, { method: "POST", body, credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  };

  const show = async (file, before) => {
    const item = make("li");
    const card = make("div", "", "desk-card");
    const picture = make("div");
    const side = make("div");
    const verdict = make("p", say("Being looked at…"));
    verdict.setAttribute("role", "status");
    const tools = make("div", "", "tools");
    side.append(make("p", file.name), verdict, tools);
    card.append(picture, side);
    item.append(card);
    if (before) {
      const hadFocus = before.contains(document.activeElement);
      item.tabIndex = -1;
      before.replaceWith(item);
      if (hadFocus) item.focus(); // its button went with it
    } else cards.append(item);

    const remove = button(say("Leave this photograph out"), () => {
      files = files.filter((one) => one !== file);
      keep();
      item.remove();
      input.focus();
    });
    let seen;
    try {
      seen = await judge(file);
    } catch {
      verdict.textContent = say("It could not be judged now. It is judged when the form is saved.");
      tools.append(remove);
      return;
    }
    verdict.textContent = (seen.accepted ? "✓ " : "✗ ") + seen.words;
    verdict.className = seen.accepted ? "accepted" : "rejected";
    for (const words of seen.cautions) tools.before(make("p", `⚠ ${words}`, "desk-caution"));
    await addCrop(file, seen, { item, picture, tools });
    tools.append(remove);
  };

  const addCrop = async (file, seen, { item, picture, tools }) => {
    let bitmap;
    try {
      bitmap = await createImageBitmap(file);
    } catch {
      return; // no picture: the verdict has said so
    }
    const canvas = make("canvas");
    canvas.setAttribute("aria-label", say("%(name)s. To cut it: arrow keys move a box, plus and minus size it.", { name: file.name }));
    picture.append(canvas);
    const crop = new window.LockportCrop(bitmap, canvas);
    const cut = button(say("Cut to the box"), async () => {
      const smaller = await crop.cut(file.name);
      files = files.map((one) => (one === file ? smaller : one));
      keep();
      await show(smaller, item);
    });
    cut.disabled = true;
    crop.changed = () => { cut.disabled = !crop.usable; };
    if (seen.faces.length > 1) {
      seen.faces.forEach((face, at) => tools.append(button(say("Face %(number)s of %(total)s", { number: at + 1, total: seen.faces.length }), () => crop.around(face, seen.width))));
    } else if (seen.faces.length === 1) {
      tools.append(button(say("Box around the face"), () => crop.around(seen.faces[0], seen.width)));
    }
    tools.append(cut);
  };
})();
