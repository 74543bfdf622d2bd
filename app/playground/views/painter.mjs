// A choice of brushes, and a pad that takes the keyboard: arrow keys move a cross in the picture.

const HINT = "Arrow keys move the cross, with Shift further; Enter paints, Delete erases.";
const STEPS = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const STEP = 0.25;

const write = (value) => value.toFixed(2).replace("-", "−");

class Painter {
  constructor(model) {
    this.model = model;
    this.root = element("div", "painter");
    this.choice = element("fieldset");
    this.pad = element("div", "board");
    this.pad.tabIndex = 0;
    this.pad.setAttribute("role", "application");
    this.pad.setAttribute("aria-label", `Place on the plane. ${HINT}`);
    this.where = element("span", "number");
    this.pad.append(element("span", "name", "By keyboard, at"), this.where, element("span", "hint", HINT));
    this.clear = element("button", "", model.clear);
    this.clear.type = "button";
    this.said = element("p", "said");
    this.said.setAttribute("role", "status");
    const line = element("div", "tools");
    line.append(this.choice, this.clear);
    this.root.append(line, this.pad, this.said);
    this.listen();
    this.choose();
    this.show();
  }

  listen() {
    const { model } = this;
    model.on(["brushes", "brush"], () => this.choose());
    model.on(["place", "said"], () => this.show());
    this.clear.addEventListener("click", () => model.send_msg({ type: "clear" }));
    this.pad.addEventListener("keydown", (event) => this.key(event));
    for (const type of ["focus", "blur"]) this.pad.addEventListener(type, () => model.send_msg({ type }));
  }

  choose() {
    const { brushes, brush } = this.model;
    const shape = JSON.stringify(brushes);
    if (shape !== this.shape) {
      this.shape = shape;
      this.choice.replaceChildren(element("legend", "sr", "What to paint"), ...brushes.map((each, index) => this.option(each, index)));
    }
    this.choice.querySelectorAll("input").forEach((input, index) => { input.checked = index === brush; });
  }

  option({ label, color }, index) {
    const root = element("label", color ? "brush" : "brush eraser");
    const input = Object.assign(element("input"), { type: "radio", name: "brush" });
    input.addEventListener("change", () => this.model.send_msg({ type: "brush", index }));
    if (color) root.style.setProperty("--colour", color);
    root.append(input, element("span", "", label));
    return root;
  }

  key(event) {
    const step = STEPS[event.key];
    const index = Number(event.key) - 1;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (step) this.move(step, event.shiftKey ? 4 : 1);
    else if (event.key === "Enter" || event.key === " ") this.send("paint");
    else if (event.key === "Delete" || event.key === "Backspace") this.send("erase");
    else if (this.model.brushes[index]) this.model.send_msg({ type: "brush", index });
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  move(step, times) {
    const { place, reach } = this.model;
    this.model.place = place.map((at, axis) => Math.min(Math.max(at + step[axis] * STEP * times, -reach), reach));
    this.send("move");
  }

  send(type) {
    const [x, y] = this.model.place;
    this.model.send_msg({ type, x, y });
  }

  show() {
    const { place, said } = this.model;
    this.where.textContent = `x₁ = ${write(place[0])}, x₂ = ${write(place[1])}`;
    if (this.said.textContent !== said) this.said.textContent = said;
  }
}

export function render({ model }) {
  return new Painter(model).root;
}
