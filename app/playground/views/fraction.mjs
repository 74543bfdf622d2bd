// A fraction with a sum below its line. Pointing at a term, by mouse or by focus, tells Python, which
// answers by lighting the term here and what it comes from elsewhere.

class Fraction {
  constructor(model) {
    this.model = model;
    this.root = element("div");
    this.root.setAttribute("role", "group");
    this.line = element("div", "fraction");
    this.above = this.button("above", () => this.model.above.index ?? 0);
    this.below = element("div", "terms");
    const quotient = element("div", "quotient");
    quotient.append(this.above, element("span", "line"), this.below);
    this.name = element("span", "number");
    this.result = this.button("result", () => this.model.above.index ?? 0);
    this.line.append(this.name, quotient, element("span", "", "="), this.result);
    this.bar = element("div", "bar");
    this.bar.setAttribute("aria-hidden", "true"); // it says once more what the terms say
    this.note = element("p", "note");
    this.root.append(this.line, this.bar, this.note);
    model.on(["terms", "above", "result", "name_of", "label", "note"], () => this.update());
    model.on("highlight", () => this.light());
    this.update();
  }

  button(part, index) {
    const made = element("button");
    made.type = "button";
    made.append(element("span", "symbol"), element("span", "number"));
    const tell = (type) => () => this.model.send_msg({ type, part, index: index() });
    made.addEventListener("click", tell("open"));
    made.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && tell("point")());
    made.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && tell("leave")());
    made.addEventListener("focus", () => made.matches(":focus-visible") && tell("point")());
    made.addEventListener("blur", tell("leave"));
    return made;
  }

  write(button, symbol, text) {
    const [first, second] = button.children;
    if (first.textContent !== symbol) first.textContent = symbol;
    if (second.textContent !== text) second.textContent = text;
  }

  update() {
    const { terms, above, result, name_of: name, label, note } = this.model;
    this.root.setAttribute("aria-label", label);
    if (this.buttons?.length !== terms.length) this.build(terms.length);
    terms.forEach(({ symbol, text, share }, i) => {
      this.write(this.buttons[i], symbol, text);
      this.parts[i].style.setProperty("--share", `${100 * share}%`);
      this.parts[i].textContent = share > 0.06 ? `${(100 * share).toFixed(1)} %` : "";
      this.parts[i].classList.toggle("above", i === above.index);
    });
    this.write(this.above, above.symbol ?? "", above.text ?? "");
    this.write(this.result, name, result);
    this.name.textContent = `${name} =`;
    this.note.textContent = note;
    this.light();
  }

  build(count) {
    const all = Array.from({ length: count }, (_, i) => this.button("term", () => i));
    this.buttons = all;
    this.parts = all.map(() => element("span", "part number"));
    this.bar.replaceChildren(...this.parts);
    this.below.replaceChildren(...all.flatMap((each, i) => (i ? [element("span", "plus", "+"), each] : [each])));
  }

  light() {
    const lit = new Set(this.model.highlight);
    this.buttons.forEach((each, i) => each.classList.toggle("lit", lit.has(i)));
    this.parts.forEach((each, i) => each.classList.toggle("lit", lit.has(i)));
    this.above.classList.toggle("lit", lit.has(this.model.above.index));
  }
}

export function render({ model }) {
  return new Fraction(model).root;
}
