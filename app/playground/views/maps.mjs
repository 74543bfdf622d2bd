// Layers as pictures: one canvas a layer, and over it a button for each tile. There is one tab stop:
// arrow keys go from tile to tile, up and down in the rows of a layer and on to its neighbours.

const GAP = 3;
const SHORT = 2; // letters of a label that leave a tile free to be seen

/** A colour as the canvas keeps it, little-endian. */
const pixel = (r, g, b) => (255 << 24) | (b << 16) | (g << 8) | r;
const rgba = (colour) => pixel(...[1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)));

/** What makes other elements necessary, as opposed to other pixels. */
const shape = ({ path, count, height, width, columns, tile }) => [path, count, height, width, columns, tile];

class Layer {
  constructor(view, layer) {
    this.view = view;
    this.root = element("figure");
    this.name = element("b");
    this.detail = element("span", "detail number");
    const caption = element("figcaption");
    caption.append(this.name, this.detail);
    this.board = element("div", "board");
    this.canvas = element("canvas");
    this.frame = element("div", "frame");
    const { count, columns, tile, height, width } = layer;
    this.high = Math.round((tile * height) / width);
    const ratio = Math.max(1, Math.ceil(window.devicePixelRatio ?? 1));
    const rows = Math.ceil(count / columns);
    const [w, h] = [columns * (tile + GAP) - GAP, rows * (this.high + GAP) - GAP];
    Object.assign(this.canvas, { width: w * ratio, height: h * ratio });
    this.canvas.setAttribute("aria-hidden", "true");
    this.ratio = ratio;
    this.board.style.cssText = `width: ${w}px; height: ${h}px`;
    this.buttons = Array.from({ length: count }, (_, channel) => this.button(channel, layer));
    this.board.append(this.canvas, ...this.buttons, this.frame);
    this.root.append(caption, this.board);
    this.small = Object.assign(element("canvas"), { width, height: height * count });
  }

  place(channel, { columns, tile }) {
    return [(channel % columns) * (tile + GAP), Math.floor(channel / columns) * (this.high + GAP)];
  }

  button(channel, layer) {
    const [left, top] = this.place(channel, layer);
    const made = element("button");
    made.type = "button";
    made.tabIndex = -1;
    made.dataset.channel = channel;
    made.style.cssText = `left: ${left}px; top: ${top}px; width: ${layer.tile}px; height: ${this.high}px`;
    return made;
  }

  update(layer, palette) {
    this.layer = layer;
    const { name, detail, single = "map", chosen = -1, off = [], lit = [], labels = [], count } = layer;
    this.name.textContent = name;
    this.detail.textContent = detail;
    this.buttons.forEach((button, channel) => {
      const crossed = off.includes(channel);
      const which = labels[channel] ?? `${single} ${channel + 1}`;
      const words = `${name}${count > 1 ? `, ${which}` : ""}${crossed ? ", switched off" : ""}`;
      if (button.title !== words) {
        button.title = words;
        button.setAttribute("aria-label", words);
      }
      button.setAttribute("aria-pressed", String(channel === chosen));
      button.classList.toggle("off", crossed);
      button.classList.toggle("lit", lit.includes(channel));
      const label = labels[channel] ?? "";
      if (button.textContent !== label) button.textContent = label;
      button.classList.toggle("word", label.length > SHORT);
    });
    this.surround();
    this.paint(palette);
  }

  paint(palette) {
    const { count, height, width, tile, pixels } = this.layer;
    const data = new ImageData(width, height * count);
    const colours = new Uint32Array(data.data.buffer);
    const bytes = atob(pixels);
    const colour = palette ? (i) => palette[bytes.charCodeAt(i)]
      : (i) => pixel(...[0, 1, 2].map((at) => bytes.charCodeAt(3 * i + at)));
    for (let i = 0; i < colours.length; i += 1) colours[i] = colour(i);
    this.small.getContext("2d").putImageData(data, 0, 0);
    const context = this.canvas.getContext("2d");
    context.imageSmoothingEnabled = false;
    for (let channel = 0; channel < count; channel += 1) {
      const [left, top] = this.place(channel, this.layer).map((at) => at * this.ratio);
      context.drawImage(this.small, 0, channel * height, width, height, left, top, tile * this.ratio, this.high * this.ratio);
    }
  }

  get picked() {
    const { picks, frame } = this.layer;
    return picks && frame ? frame.slice(0, 2) : [null, null];
  }

  /** The frame around what is looked at, within the chosen tile; where none is chosen, in the first. */
  surround() {
    const { frame, chosen = 0, tile, width, height } = this.layer;
    this.frame.hidden = !frame;
    if (!frame) return;
    const [left, top] = this.place(Math.max(chosen, 0), this.layer);
    const [x, y] = [tile / width, this.high / height];
    const [t, l, b, r] = frame;
    this.frame.style.cssText = `left: ${left + l * x}px; top: ${top + t * y}px; width: ${(r - l + 1) * x}px; height: ${(b - t + 1) * y}px`;
  }

  /** The pixel under a press; by key, the one that is picked, or none. */
  pixel(event) {
    const { width, height, tile } = this.layer;
    if (!event.detail) return this.picked;
    const box = event.target.getBoundingClientRect();
    const at = (offset, size, count) => Math.min(Math.max(Math.floor((offset / size) * count), 0), count - 1);
    return [at(event.clientY - box.top, this.high, height), at(event.clientX - box.left, tile, width)];
  }
}

class Maps {
  constructor(model) {
    this.model = model;
    this.root = element("div", "flow");
    this.root.setAttribute("role", "group");
    this.layers = [];
    model.on("layers_text", () => this.update());
    model.on("label", () => this.root.setAttribute("aria-label", model.label));
    model.on("palettes", () => { this.colours = undefined; this.update(); });
    this.root.setAttribute("aria-label", model.label);
    this.root.addEventListener("click", (event) => this.click(event));
    this.root.addEventListener("keydown", (event) => this.key(event));
    this.update();
  }

  update() {
    const described = JSON.parse(this.model.layers_text);
    this.colours ??= Object.fromEntries(
      Object.entries(this.model.palettes).map(([name, list]) => [name, Uint32Array.from(list, rgba)]),
    );
    const wanted = JSON.stringify(described.map(shape));
    if (wanted !== this.built) this.build(described, wanted);
    described.forEach((layer, index) => this.layers[index].update(layer, this.colours[layer.palette]));
    this.stop();
  }

  build(described, wanted) {
    const inside = this.root.contains(this.root.getRootNode().activeElement);
    this.built = wanted;
    this.layers = described.map((layer) => new Layer(this, layer));
    this.root.replaceChildren(...this.layers.map(({ root }) => root));
    this.again = inside;
  }

  /** The one tile that Tab comes to: the chosen one. */
  stop() {
    const all = this.layers.flatMap(({ buttons }) => buttons);
    const focused = all.find((each) => each === this.root.getRootNode().activeElement);
    const now = focused ?? all.find((each) => each.ariaPressed === "true") ?? all[0];
    for (const each of all) each.tabIndex = each === now ? 0 : -1;
    if (this.again) now?.focus({ preventScroll: true });
    this.again = false;
  }

  find(button) {
    return this.layers.find(({ buttons }) => buttons.includes(button));
  }

  choose({ layer }, channel, [row, column]) {
    this.model.send_msg({ type: "choose", path: layer.path, channel, row, column });
  }

  click(event) {
    const found = this.find(event.target);
    if (found) this.choose(found, Number(event.target.dataset.channel), found.pixel(event));
  }

  key(event) {
    const found = this.find(event.target);
    const moves = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
    if (!found || !moves || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    if (!this.within(found, moves)) this.go(found, Number(event.target.dataset.channel), moves);
  }

  /** Move by a pixel, where pixels are picked. */
  within(found, [down, across]) {
    const { picks, frame, height, width } = found.layer;
    if (!picks) return false;
    const [row, column] = [(frame?.[0] ?? 0) + down, (frame?.[1] ?? 0) + across];
    if (row < 0 || column < 0 || row >= height || column >= width) return false;
    this.choose(found, Math.max(found.layer.chosen ?? 0, 0), [row, column]);
    return true;
  }

  /** Move by a tile; over the edge, to the layer before or behind. */
  go(found, channel, [down, across]) {
    const { columns } = found.layer;
    const next = channel + down * columns + across;
    const index = this.layers.indexOf(found);
    const other = this.layers[index + Math.sign(down + across)];
    const [to, at] = found.buttons[next] ? [found, next]
      : other ? [other, down + across > 0 ? 0 : other.buttons.length - 1] : [];
    if (!to) return;
    for (const each of this.layers.flatMap(({ buttons }) => buttons)) each.tabIndex = -1;
    to.buttons[at].tabIndex = 0;
    to.buttons[at].focus();
    this.choose(to, at, to.picked);
  }
}

export function render({ model }) {
  return new Maps(model).root;
}
