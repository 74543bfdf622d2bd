// Wires, operations and numbers of a cell. One tab stop; arrow keys go to the nearest number that
// way. Pointing at a number or opening it tells Python.

const SVG = "http://www.w3.org/2000/svg";

/** How much longer a way seems for each pixel that it leads aside. */
const ASIDE = 2;

class Wiring {
  constructor(model) {
    this.model = model;
    this.at = ""; // the key of the tab stop
    this.root = element("div", "scroll");
    this.board = element("div", "board");
    this.board.setAttribute("role", "group");
    this.lines = document.createElementNS(SVG, "svg");
    this.lines.setAttribute("viewBox", `0 0 100 ${model.drop}`);
    this.lines.setAttribute("preserveAspectRatio", "none");
    this.lines.setAttribute("aria-hidden", "true");
    this.root.append(this.board);
    this.buttons = new Map();
    model.on(["wires", "signs", "drop", "backward", "label"], () => this.build());
    model.on("numbers_text", () => this.fill());
    model.on("lit", () => this.light());
    this.board.addEventListener("keydown", (event) => this.key(event));
    this.build();
  }

  build() {
    const { wires, signs, drop, backward, label } = this.model;
    const focused = this.focused;
    this.board.setAttribute("aria-label", label);
    this.board.style.setProperty("--drop", drop);
    this.board.classList.toggle("backward", backward);
    this.lines.setAttribute("viewBox", `0 0 100 ${drop}`);
    this.lines.replaceChildren(...wires.map(line));
    const tips = wires.filter(({ tip }) => tip !== false).map((wire) => tip(wire, backward));
    this.board.replaceChildren(this.lines, ...tips, ...signs.map(sign), ...this.buttons.values());
    this.fill();
    if (focused) this.buttons.get(focused)?.focus();
  }

  get focused() {
    const active = this.root.getRootNode().activeElement;
    return [...this.buttons].find(([, button]) => button === active)?.[0];
  }

  fill() {
    const shown = JSON.parse(this.model.numbers_text).filter(({ value }) => value !== "");
    const keys = new Set(shown.map(({ key }) => key));
    for (const [key, button] of this.buttons) {
      if (keys.has(key)) continue;
      button.remove();
      this.buttons.delete(key);
    }
    for (const number of shown) this.write(this.button(number.key), number);
    if (!this.buttons.has(this.at) || this.buttons.get(this.at).disabled) {
      this.at = shown.find(({ fixed }) => !fixed)?.key ?? "";
    }
    this.stop();
    this.light();
  }

  button(key) {
    if (!this.buttons.has(key)) {
      const made = element("button", "number");
      made.type = "button";
      made.append(element("span", "symbol"), element("span", "value"));
      made.addEventListener("click", () => this.open(key));
      made.addEventListener("focus", () => { this.at = key; this.stop(); });
      made.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && this.tell("point", key));
      made.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && this.tell("leave", key));
      this.buttons.set(key, made);
      this.board.append(made);
    }
    return this.buttons.get(key);
  }

  write(button, { x, y, kind, symbol, value, share, name, fixed }) {
    const [above, below] = button.children;
    if (above.textContent !== symbol) above.textContent = symbol;
    if (below.textContent !== value) below.textContent = value;
    button.style.setProperty("--x", x);
    button.style.setProperty("--y", y);
    button.style.setProperty("--share", `${Math.round(Math.abs(share) * 100)}%`);
    button.dataset.sign = share < 0 ? "negative" : "positive";
    button.className = `number ${kind}`;
    button.disabled = Boolean(fixed);
    button.title = name;
    button.setAttribute("aria-label", `${name}: ${symbol} = ${value}`);
  }

  light() {
    const lit = new Set(this.model.lit);
    for (const [key, button] of this.buttons) button.classList.toggle("lit", lit.has(key));
  }

  stop() {
    for (const [key, button] of this.buttons) button.tabIndex = key === this.at ? 0 : -1;
  }

  tell(type, key) {
    if (!this.buttons.get(key)?.disabled) this.model.send_msg({ type, key });
  }

  open(key) {
    this.go(key);
    this.tell("open", key);
  }

  go(key) {
    this.buttons.get(key).focus();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!way) return;
    const next = this.nearest(...way);
    if (next) {
      this.go(next);
      this.tell("point", next);
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /** The number that lies nearest in a direction, those straight ahead first. */
  nearest(right, down) {
    const centre = (button) => [button.offsetLeft, button.offsetTop];
    const here = this.buttons.get(this.at);
    if (!here) return null;
    const [x, y] = centre(here);
    const ways = [...this.buttons].filter(([key, { disabled }]) => key !== this.at && !disabled).map(([key, button]) => {
      const [dx, dy] = [centre(button)[0] - x, centre(button)[1] - y];
      const ahead = dx * right + dy * down;
      const aside = Math.abs(dx * down) + Math.abs(dy * right);
      return { key, ahead, far: ahead + ASIDE * aside };
    });
    return ways.filter(({ ahead }) => ahead > 4).sort((a, b) => a.far - b.far)[0]?.key;
  }
}

function line({ points, kind }) {
  const made = document.createElementNS(SVG, "polyline");
  made.setAttribute("points", points.map((point) => point.join(",")).join(" "));
  made.setAttribute("class", kind);
  return made;
}

/** An arrow's tip in the middle of the last stretch of a wire, or of its first, turned around. */
function tip({ points, kind }, backward) {
  const made = element("span", `tip ${kind}`);
  const [[x0, y0], [x1, y1]] = points.slice(-2);
  const across = y0 === y1;
  const turn = (across ? (x1 > x0 ? 0 : 180) : y1 > y0 ? 90 : 270) + (backward ? 180 : 0);
  made.style.left = `${(x0 + x1) / 2}%`;
  made.style.top = `${(y0 + y1) / 2}px`;
  made.style.setProperty("--turn", `${turn}deg`);
  made.setAttribute("aria-hidden", "true");
  return made;
}

function sign({ x, y, text, plain }) {
  const made = element("span", plain ? "word" : "sign", text);
  made.style.setProperty("--x", x);
  made.style.setProperty("--y", y);
  made.setAttribute("aria-hidden", "true");
  return made;
}

export function render({ model }) {
  return new Wiring(model).root;
}
