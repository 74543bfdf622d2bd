// An architecture as a line of boxes that wraps like text. Boxes are buttons with one tab stop among
// them: left and right go along the chain, up and down to the nearest box in that direction.

function strips(list) {
  return list.map(({ path, kind, letter, state }) => {
    const strip = element("span", "strip", letter);
    Object.assign(strip.dataset, { path, kind, state });
    return strip;
  });
}

function button(className, { path, kind = "other", state, label }) {
  const made = element("button", className);
  made.type = "button";
  made.tabIndex = -1;
  made.title = label;
  made.setAttribute("aria-label", label);
  Object.assign(made.dataset, { path, kind, state });
  return made;
}

function unit(part) {
  const root = element("div", "unit");
  const box = button("box", part);
  box.style.setProperty("--height", `${part.height}px`);
  box.style.setProperty("--width", `${part.width}px`);
  const face = element("span", "face");
  face.append(element("span", "letter", part.letter), element("span", "text", part.text));
  box.append(face, ...strips(part.strips));
  if (part.below) box.append(element("span", "below", part.below));
  root.append(box);
  return root;
}

function block(part) {
  const root = element("div", "block");
  const branches = element("div", "branches");
  branches.append(...part.branches.map((chain) => {
    const branch = element("div", "branch");
    if (chain.length) branch.append(...chain.map(draw), element("span", "rest"));
    else branch.append(element("span", "rest"), element("span", "skip", "skip"), element("span", "rest"));
    return branch;
  }));
  const merge = button("merge", part);
  merge.append(element("span", "sign", part.merge), ...strips(part.strips));
  if (part.below) merge.append(element("span", "below", part.below));
  root.append(branches, element("span", "rest"), merge);
  return root;
}

const draw = (part) => (part.branches ? block(part) : unit(part));

class Blueprint {
  constructor(model) {
    this.model = model;
    this.root = element("div");
    this.board = element("div", "board");
    this.board.setAttribute("role", "group");
    this.legend = element("ul", "legend");
    this.root.append(this.board, this.legend);
    model.on(["parts_text", "start"], () => this.build());
    model.on("label", () => this.board.setAttribute("aria-label", model.label));
    model.on("legend", () => this.explain());
    model.on(["chosen", "lit"], () => this.mark());
    this.board.addEventListener("click", (event) => this.click(event));
    this.board.addEventListener("keydown", (event) => this.key(event));
    this.board.setAttribute("aria-label", model.label);
    this.explain();
    this.build();
  }

  build() {
    const inside = this.board.contains(this.root.getRootNode().activeElement);
    this.board.replaceChildren(element("span", "start", this.model.start), ...JSON.parse(this.model.parts_text).map(draw));
    this.buttons = [...this.board.querySelectorAll("button")];
    this.mark();
    if (inside) this.stop?.focus({ preventScroll: true });
  }

  explain() {
    this.legend.replaceChildren(...this.model.legend.map(({ kind, letter, text }) => {
      const item = element("li");
      const key = element("span", "key", letter);
      key.dataset.kind = kind;
      item.append(key, text);
      return item;
    }));
  }

  /** The box that holds a layer: its own, or the one to which it is a strip. */
  holder(path) {
    return this.buttons.find((each) => each.dataset.path === path || each.querySelector(`[data-path="${path}"]`));
  }

  mark() {
    const lit = new Set(this.model.lit);
    const chosen = this.holder(this.model.chosen);
    for (const each of this.buttons) {
      each.classList.toggle("lit", lit.has(each.dataset.path));
      for (const strip of each.querySelectorAll(".strip")) strip.classList.toggle("lit", lit.has(strip.dataset.path));
      if (each === chosen) each.setAttribute("aria-current", "true");
      else each.removeAttribute("aria-current");
      each.tabIndex = -1;
    }
    this.stop = chosen ?? this.buttons[0];
    if (this.stop) this.stop.tabIndex = 0;
  }

  /** Pressing a strip chooses the layer that it stands for. */
  click(event) {
    const box = event.target.closest("button");
    if (!box) return;
    const strip = event.target.closest(".strip");
    const { path } = (strip ?? box).dataset;
    this.model.send_msg({ type: "choose", path });
  }

  key(event) {
    const at = this.buttons.indexOf(event.target);
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = {
      ArrowRight: () => this.buttons[at + 1], ArrowLeft: () => this.buttons[at - 1],
      Home: () => this.buttons[0], End: () => this.buttons.at(-1),
      ArrowDown: () => this.beside(event.target, 1), ArrowUp: () => this.beside(event.target, -1),
    }[event.key]?.();
    if (!target) return;
    event.preventDefault();
    event.stopPropagation();
    this.model.send_msg({ type: "choose", path: target.dataset.path });
    event.target.tabIndex = -1;
    target.tabIndex = 0;
    target.focus();
  }

  /** The nearest box below (1) or above (−1). */
  beside(from, direction) {
    const middle = (box) => {
      const { left, width, top, height } = box.getBoundingClientRect();
      return [left + width / 2, top + height / 2];
    };
    const [x, y] = middle(from);
    const far = (box) => {
      const [bx, by] = middle(box);
      return direction * (by - y) > 8 ? 3 * direction * (by - y) + Math.abs(bx - x) : Infinity;
    };
    const found = this.buttons.reduce((best, box) => (far(box) < far(best) ? box : best), from);
    return found === from ? undefined : found;
  }
}

export function render({ model }) {
  return new Blueprint(model).root;
}
