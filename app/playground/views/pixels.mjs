// Pictures of the same pixels beside each other. Pointing at a pixel in one, by pointer or arrow key,
// marks it in all at once; Python is told at its own pace.

class Pictures {
  constructor(model) {
    this.model = model;
    this.sent = model.handled;
    this.queue = [];
    this.figures = [];
    this.root = element("div", "pictures");
    this.root.setAttribute("role", "group");
    this.voice = element("span", "sr");
    this.voice.setAttribute("role", "status");
    this.holder = element("div");
    this.holder.append(this.root, this.voice);
    model.on(["pictures_text", "rows", "columns", "label"], () => this.soon());
    model.on(["texts", "chosen"], () => this.write());
    model.on(["cursor", "frame"], () => { this.at = this.model.cursor; this.mark(); });
    model.on("handled", () => this.tell());
    this.at = model.cursor;
    this.update();
  }

  /** Several changes of one message are drawn together. */
  soon() {
    if (this.waits) return;
    this.waits = true;
    queueMicrotask(() => {
      this.waits = false;
      this.update();
    });
  }

  update() {
    const { pictures_text: text, label, rows, columns } = this.model;
    const pictures = JSON.parse(text);
    this.root.setAttribute("aria-label", label);
    this.root.dataset.count = pictures.length;
    if (pictures.length !== this.figures.length) {
      this.figures = pictures.map((_, index) => this.figure(index));
      this.root.replaceChildren(...this.figures.map(({ root }) => root));
    }
    pictures.forEach((picture, index) => this.paint(this.figures[index], picture, rows, columns));
    this.write();
    this.mark();
  }

  figure(index) {
    const [root, board, canvas] = [element("figure"), element("div", "board"), element("canvas")];
    const [frame, cursor] = [element("div", "frame"), element("div", "cursor")];
    const [caption, name, text] = [element("figcaption"), element("b"), element("span", "number")];
    board.tabIndex = 0;
    board.setAttribute("role", "application");
    board.append(canvas, frame, cursor);
    caption.append(name, text);
    root.append(board, caption);
    board.addEventListener("pointermove", (event) => event.pointerType === "mouse" && this.point(index, this.pixel(event)));
    board.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && this.leave(index));
    board.addEventListener("click", (event) => this.open(index, this.pixel(event)));
    board.addEventListener("keydown", (event) => this.key(index, event));
    return { root, board, canvas, frame, cursor, name, text };
  }

  paint({ board, canvas, name }, picture, height, width) {
    const bytes = atob(picture.rgb);
    if (bytes.length !== 3 * height * width) return; // its size is yet to follow
    if (name.textContent !== picture.name) name.textContent = picture.name;
    board.setAttribute("aria-label", `${picture.name}, ${height} by ${width} pixels. Arrow keys move, Enter opens.`);
    board.style.setProperty("--ratio", `${width} / ${height}`);
    Object.assign(canvas, { width, height });
    const image = new ImageData(width, height);
    for (let i = 0; i < height * width; i += 1) {
      for (let plane = 0; plane < 3; plane += 1) image.data[4 * i + plane] = bytes.charCodeAt(3 * i + plane);
      image.data[4 * i + 3] = 255;
    }
    canvas.getContext("2d").putImageData(image, 0, 0);
  }

  write() {
    const { texts, chosen } = this.model;
    this.figures.forEach(({ root, text }, index) => {
      if (text.textContent !== (texts[index] ?? "")) text.textContent = texts[index] ?? "";
      root.dataset.chosen = index === chosen;
    });
    this.speak();
  }

  /** Say where the cursor is, to who moves it by key. */
  speak() {
    const by = this.figures.findIndex(({ board }) => board.matches(":focus-visible"));
    if (by < 0) return;
    const [row, column] = this.at;
    const said = `Row ${row + 1}, column ${column + 1}: ${this.model.texts[by] ?? ""}`;
    if (this.voice.textContent !== said) this.voice.textContent = said;
  }

  mark() {
    const { rows: height, columns: width, frame: shown } = this.model;
    const place = ({ style }, [top, left, bottom, right]) => {
      const shares = { top: top / height, left: left / width, high: (bottom - top + 1) / height, wide: (right - left + 1) / width };
      for (const [name, share] of Object.entries(shares)) style.setProperty(`--${name}`, share);
    };
    this.figures.forEach(({ cursor, frame }) => {
      place(cursor, [...this.at, ...this.at]);
      frame.hidden = !shown.length;
      if (shown.length) place(frame, shown);
    });
  }

  // What the learner does

  pixel({ clientX, clientY, currentTarget }) {
    const { left, top, width, height } = currentTarget.getBoundingClientRect();
    const at = (offset, size, count) => Math.min(Math.max(Math.floor((offset / size) * count), 0), count - 1);
    return [at(clientY - top, height, this.model.rows), at(clientX - left, width, this.model.columns)];
  }

  point(index, at) {
    if (this.pointed === index && String(at) === String(this.at)) return;
    this.pointed = index;
    this.at = at;
    this.mark();
    this.tell({ type: "point", index, row: at[0], column: at[1] });
  }

  leave(index) {
    this.pointed = undefined;
    this.tell({ type: "leave", index, row: this.at[0], column: this.at[1] });
  }

  open(index, [row, column]) {
    this.at = [row, column];
    this.mark();
    this.tell({ type: "open", index, row, column });
  }

  key(index, event) {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (step) {
      const last = [this.model.rows - 1, this.model.columns - 1];
      const by = event.shiftKey ? 5 : 1;
      this.open(index, this.at.map((at, axis) => Math.min(Math.max(at + by * step[axis], 0), last[axis])));
    } else if (event.key === "Enter" || event.key === " ") this.open(index, this.at);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Send the latest, unless what was sent before is still being handled. Only pointing is passed over. */
  tell(message) {
    if (message) this.queue = [...this.queue.filter(({ type }) => type === "open" && message.type !== "open"), message];
    if (!this.queue.length || this.model.handled < this.sent) return;
    this.sent = this.model.handled + 1;
    this.model.send_msg(this.queue.shift());
  }
}

export function render({ model }) {
  return new Pictures(model).holder;
}
