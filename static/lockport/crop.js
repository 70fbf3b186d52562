// A photograph on a canvas with a box on it: drawn with the mouse or a finger, moved with the arrow keys, sized with + and -.
// The picture never leaves the page from here; only what is cut out is put in its place.
(() => {
  "use strict";
  const WIDEST = 704; // pixels of the canvas, twice what it is shown at
  const AROUND = 0.7; // of a face's size is left on each side of it

  class Crop {
    constructor(bitmap, canvas) {
      this.bitmap = bitmap;
      this.canvas = canvas;
      this.scale = Math.min(1, WIDEST / bitmap.width);
      canvas.width = Math.round(bitmap.width * this.scale);
      canvas.height = Math.round(bitmap.height * this.scale);
      canvas.tabIndex = 0;
      canvas.setAttribute("role", "img");
      this.box = null; // left, top, width, height in the picture's own pixels
      this.changed = () => {};
      this.listen();
      this.draw();
    }

    listen() {
      let from = null;
      this.canvas.addEventListener("pointerdown", (event) => {
        from = this.at(event);
        this.canvas.setPointerCapture(event.pointerId);
      });
      this.canvas.addEventListener("pointermove", (event) => {
        if (!from) return;
        const to = this.at(event);
        this.set(Math.min(from.x, to.x), Math.min(from.y, to.y), Math.abs(to.x - from.x), Math.abs(to.y - from.y));
      });
      const end = () => { from = null; };
      this.canvas.addEventListener("pointerup", end);
      this.canvas.addEventListener("pointercancel", end);
      this.canvas.addEventListener("keydown", (event) => this.key(event));
    }

    key(event) {
      const step = Math.max(2, Math.round(this.bitmap.width / 50));
      const moves = { ArrowLeft: [-step, 0, 0], ArrowRight: [step, 0, 0], ArrowUp: [0, -step, 0], ArrowDown: [0, step, 0], "+": [0, 0, step], "=": [0, 0, step], "-": [0, 0, -step] };
      const move = moves[event.key];
      if (!move) return;
      event.preventDefault();
      const { width, height } = this.bitmap;
      const side = Math.min(width, height) / 2;
      const [left, top, wide, high] = this.box || [(width - side) / 2, (height - side) / 2, side, side];
      const [x, y, grow] = move;
      this.set(left + x - grow, top + y - grow, wide + 2 * grow, high + 2 * grow);
    }

    at(event) {
      const shown = this.canvas.getBoundingClientRect();
      return {
        x: ((event.clientX - shown.left) / shown.width) * this.bitmap.width,
        y: ((event.clientY - shown.top) / shown.height) * this.bitmap.height,
      };
    }

    set(left, top, width, height) {
      const x = Math.min(Math.max(0, left), this.bitmap.width - 1);
      const y = Math.min(Math.max(0, top), this.bitmap.height - 1);
      this.box = [x, y, Math.max(1, Math.min(width, this.bitmap.width - x)), Math.max(1, Math.min(height, this.bitmap.height - y))];
      this.draw();
      this.changed();
    }

    // A face as the server found it: left, top, right, bottom in a picture of `width`.
    around(face, width) {
      const [left, top, right, bottom] = face.map((value) => (value * this.bitmap.width) / width);
      const more = AROUND * Math.max(right - left, bottom - top);
      const x = Math.max(0, left - more);
      const y = Math.max(0, top - more);
      this.set(x, y, right + more - x, bottom + more - y);
    }

    clear() {
      this.box = null;
      this.draw();
      this.changed();
    }

    get usable() {
      return this.box !== null && Math.min(this.box[2], this.box[3]) >= 40;
    }

    draw() {
      const context = this.canvas.getContext("2d");
      context.drawImage(this.bitmap, 0, 0, this.canvas.width, this.canvas.height);
      if (!this.box) return;
      const [x, y, width, height] = this.box.map((value) => value * this.scale);
      context.fillStyle = "rgba(20, 23, 22, 0.55)";
      context.beginPath();
      context.rect(0, 0, this.canvas.width, this.canvas.height);
      context.rect(x, y, width, height);
      context.fill("evenodd");
      context.strokeStyle = "#ffffff";
      context.lineWidth = 3;
      context.strokeRect(x, y, width, height);
    }

    // What is in the box, as a JPEG file with the same name.
    async cut(name) {
      const [x, y, width, height] = this.box.map(Math.round);
      const canvas = document.createElement("canvas");
      canvas.width = width;
      canvas.height = height;
      canvas.getContext("2d").drawImage(this.bitmap, x, y, width, height, 0, 0, width, height);
      const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.95));
      return new File([blob], `${name.replace(/\.[^.]*$/, "")}.jpg`, { type: "image/jpeg" });
    }
  }

  window.LockportCrop = Crop;
})();
