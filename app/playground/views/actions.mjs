// A row of buttons. They stay where they are, and so keep the focus, while their words change.

class Actions {
  constructor(model) {
    this.model = model;
    this.root = document.createElement("div");
    this.root.className = "row";
    this.root.setAttribute("role", "group");
    this.made = new Map();
    model.on(["buttons", "label"], () => this.update());
    this.update();
  }

  update() {
    const { buttons, label } = this.model;
    this.root.setAttribute("aria-label", label);
    const known = buttons.map(({ id }) => this.made.get(id) ?? this.button(id));
    if (known.length !== this.root.children.length || known.some((made, i) => made !== this.root.children[i])) {
      this.root.replaceChildren(...known);
    }
    this.made = new Map(buttons.map(({ id }, i) => [id, known[i]]));
    buttons.forEach(({ label: text, help, off }, i) => {
      known[i].textContent = text;
      known[i].title = off || help || "";
      known[i].setAttribute("aria-disabled", String(Boolean(off)));
    });
  }

  button(id) {
    const made = document.createElement("button");
    made.type = "button";
    made.addEventListener("click", () => {
      if (made.getAttribute("aria-disabled") === "false") this.model.send_msg({ type: "press", id });
    });
    return made;
  }
}

export function render({ model }) {
  return new Actions(model).root;
}
