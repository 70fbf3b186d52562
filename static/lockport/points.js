/* Points on a picture, by mouse, finger or keyboard: the corners of a mask or zone, or a camera's place on a plan.

A form with data-points holds an <svg viewBox="0 0 1000 …"> and a hidden field "points" ([[x, y], …], shares of the
picture). data-most="1" means a single point. Without this script the form cannot be sent, and says so. */
"use strict";
for (const form of document.querySelectorAll("[data-points]")) edit(form);
for (const image of document.querySelectorAll("[data-snapshot]")) show(image);

function edit(form) {
  const svg = form.querySelector("svg"), field = form.elements.points;
  const most = Number(form.dataset.most || 40), { width, height } = svg.viewBox.baseVal;
  const shape = svg.querySelector("[data-shape]"), handles = svg.querySelector("[data-handles]");
  const points = JSON.parse(field.value || "[]"), more = form.querySelector("[data-add-point]");
  form.querySelector("[data-needs-script]")?.setAttribute("hidden", "");

  const within = (value) => Math.round(Math.min(Math.max(value, 0), 1) * 10000) / 10000;
  function draw(focus) {
    field.value = JSON.stringify(points);
    shape?.setAttribute("points", points.map(([x, y]) => `${x * width},${y * height}`).join(" "));
    handles.replaceChildren(...points.map(([x, y], index) => {
      const dot = document.createElementNS(svg.namespaceURI, "circle");
      dot.setAttribute("cx", x * width); dot.setAttribute("cy", y * height); dot.setAttribute("r", 14);
      dot.setAttribute("tabindex", "0"); dot.setAttribute("role", "button");
      dot.setAttribute("aria-label", say("Point %(number)s, %(across)s across, %(down)s down. Arrows move it, Delete removes it.", {
        number: index + 1, across: `${Math.round(x * 100)} %`, down: `${Math.round(y * 100)} %`,
      }));
      dot.addEventListener("keydown", (event) => key(event, index));
      dot.addEventListener("pointerdown", (event) => drag(event, index));
      return dot;
    }));
    if (focus !== undefined) handles.children[focus]?.focus();
  }
  function add(x, y) {
    if (most === 1) points.length = 0;
    if (points.length < most) points.push([within(x), within(y)]);
    draw(points.length - 1);
  }
  // By keyboard: a little away from the one before, from where the arrows take it; a single point is only taken up.
  function addNear(index) {
    if (most === 1 && points.length) return draw(0);
    const [x, y] = points[index] || [0.4, 0.4];
    const near = [within(x < 0.9 ? x + 0.1 : x - 0.1), within(y)];
    if (points.length < most) points.splice(index + 1, 0, near);
    draw(Math.min(index + 1, points.length - 1));
  }
  function place(event) {
    const box = svg.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  }
  function key(event, index) {
    const step = event.shiftKey ? 0.05 : 0.01;
    const move = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
    if (move) points[index] = [within(points[index][0] + move[0]), within(points[index][1] + move[1])];
    else if (event.key === "Delete" || event.key === "Backspace") points.splice(index, 1);
    else if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    if (event.key === "Enter" || event.key === " ") return addNear(index);
    draw(Math.min(index, points.length - 1));
    if (!points.length) more?.focus();
  }
  function drag(event, index) {
    event.preventDefault(); event.stopPropagation();
    const follow = (move) => { points[index] = place(move).map(within); draw(); };
    const end = () => { window.removeEventListener("pointermove", follow); draw(index); };
    window.addEventListener("pointermove", follow);
    window.addEventListener("pointerup", end, { once: true });
  }
  svg.addEventListener("pointerdown", (event) => { event.preventDefault(); add(...place(event)); });
  more?.addEventListener("click", () => addNear(points.length - 1));
  form.querySelector("[data-clear-points]")?.addEventListener("click", () => { points.length = 0; draw(); });
  draw();
}

/* Asks for a snapshot, and puts it behind every drawing on the page as soon as the watch has made it. */
async function show(image) {
  const words = document.querySelector("[data-snapshot-words]");
  let ask = "?new=1";
  for (let tries = 0; tries < 20; tries += 1) {
    const answer = await fetch(image.dataset.snapshot + ask).catch(() => null);
    ask = "";
    if (answer?.status === 200) {
      const reader = new FileReader(); // the content security policy allows data:, and not blob:
      reader.onload = () => image.setAttribute("href", reader.result);
      reader.readAsDataURL(await answer.blob());
      words.textContent = say("A picture of a moment ago. Every face found in it has been made unrecognisable.");
      return;
    }
    await new Promise((done) => setTimeout(done, 1000));
  }
  words.textContent = say("No picture arrived: the camera is not being watched now. You can draw all the same.");
}
