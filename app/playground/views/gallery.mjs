// Small pictures side by side. Every one is a button that tells which it is; what a picture shows is
// said by the words below it.

const SIDE = 132;
const DOT = 2.1;

const rgb = (color) => [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));

/** The picture in its own few pixels; the canvas it is drawn upon makes it larger. */
function image({ pixels, size }, colours) {
  const small = Object.assign(document.createElement("canvas"), { width: size, height: size });
  const data = new ImageData(size, size);
  const bytes = Uint8Array.from(atob(pixels), (letter) => letter.charCodeAt(0));
  const channels = bytes.length / size ** 2;
  for (let i = 0; i < size ** 2; i += 1) {
    const row = size - 1 - Math.floor(i / size);
    const colour = channels === 3 ? bytes.subarray(3 * i, 3 * i + 3) : colours[bytes[i]];
    data.data.set([...colour, 255], 4 * (row * size + (i % size)));
  }
  small.getContext("2d").putImageData(data, 0, 0);
  return small;
}

class Gallery {
  constructor(model) {
    this.model = model;
    this.root = element("ul", "cards");
    this.cards = [];
    model.on(["items", "points", "palette", "label"], () => this.update());
    model.on("chosen", () => this.choose());
    this.update();
  }

  update() {
    const { items, label, palette } = this.model;
    this.root.setAttribute("aria-label", label);
    this.root.classList.toggle("large", this.model.large);
    this.colours = palette.map(rgb);
    if (this.cards.length !== items.length) {
      this.cards = items.map((_, index) => this.card(index));
      this.root.replaceChildren(...this.cards.map(({ root }) => root));
    }
    items.forEach((item, index) => this.show(this.cards[index], item));
    this.choose();
  }

  card(index) {
    const root = element("li");
    const press = element("button");
    const canvas = Object.assign(element("canvas"), { width: 2 * SIDE, height: 2 * SIDE });
    canvas.setAttribute("aria-hidden", "true");
    const [name, text] = [element("span", "name"), element("span", "text number")];
    press.append(canvas, name, text);
    press.addEventListener("click", () => this.model.send_msg({ type: "open", index }));
    root.append(press);
    return { root, press, canvas, name, text };
  }

  show({ canvas, name, text }, item) {
    name.textContent = item.label;
    text.textContent = item.text;
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.imageSmoothingEnabled = !this.model.crisp;
    if (item.pixels) context.drawImage(image(item, this.colours), 0, 0, canvas.width, canvas.height);
    for (const { x, y, color } of this.model.points) {
      context.beginPath();
      context.arc(x * canvas.width, (1 - y) * canvas.height, 2 * DOT, 0, 2 * Math.PI);
      context.fillStyle = color;
      context.fill();
      context.lineWidth = 1;
      context.strokeStyle = "#fff";
      context.stroke();
    }
  }

  choose() {
    this.cards.forEach(({ press }, index) => press.setAttribute("aria-pressed", String(index === this.model.chosen)));
  }
}

export function render({ model }) {
  return new Gallery(model).root;
}
