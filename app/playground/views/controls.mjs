// A form from a description. Native inputs throughout: they bring keyboard, touch and screen readers.
// Every slider has a number field beside it.

/** The shortest text of a number that a person would write. */
const write = (value) => String(Number(Number(value).toPrecision(6))).replace("-", "−");

function parse(text) {
  const clean = text.trim().replace(/[−–]/, "-").replace(",", ".");
  return clean === "" ? NaN : Number(clean);
}

/** Maps a field's range to the slider's, evenly or by powers of ten. */
function scaleOf({ min, max, step, scale }) {
  if (scale !== "log") return { min, max, step, to: (v) => v, from: (v) => Number(v) };
  const [low, high] = [Math.log10(min), Math.log10(max)];
  const round = (value) => Number(value.toPrecision(2));
  return { min: low, max: high, step: (high - low) / 100, to: Math.log10, from: (v) => round(10 ** v) };
}

class Field {
  constructor(form, description, id = description.name) {
    this.form = form;
    this.name = description.name;
    this.id = `field-${id}`;
    this.description = description;
    this.root = element("div", `field ${description.kind}`);
    this.error = element("p", "error");
    this.error.id = `${this.id}-error`;
    this.error.setAttribute("role", "alert");
    this[description.kind](description);
    this.root.append(this.error);
    if (description.help) this.root.title = description.help;
    this.update(description);
  }

  send(value) {
    this.error.textContent = "";
    this.form.model.send_msg({ type: "set", name: this.name, value });
  }

  label(text, target = this.id) {
    const label = element("label", "name", text);
    label.htmlFor = target;
    return label;
  }

  number(description) {
    const scale = scaleOf(description);
    this.slider = Object.assign(element("input"), { type: "range", min: scale.min, max: scale.max, step: scale.step });
    this.slider.setAttribute("aria-label", `${description.label}, slider`);
    this.input = Object.assign(element("input", "number"), { id: this.id, inputMode: "decimal", autocomplete: "off" });
    this.input.setAttribute("aria-describedby", this.error.id);
    let frame = 0;
    this.slider.addEventListener("input", () => {
      const value = scale.from(this.slider.value);
      this.slider.dataset.dirty = "yes";
      this.input.value = write(value);
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => this.send(value));
    });
    this.slider.addEventListener("change", () => { delete this.slider.dataset.dirty; });
    this.input.addEventListener("input", () => { this.input.dataset.dirty = "yes"; });
    this.input.addEventListener("change", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.typing(event));
    this.write = (value) => {
      const isDragged = this.editing(this.slider);
      if (!isDragged && !this.editing(this.input)) this.input.value = write(value);
      if (!isDragged) this.slider.value = scale.to(value);
      this.slider.setAttribute("aria-valuetext", write(value));
    };
    this.root.append(this.label(description.label), this.slider, this.input);
  }

  integer(description) {
    this.number(description);
  }

  /** Whether the learner is changing it: an answer to what was done before does not take it back. */
  editing(input) {
    return input.getRootNode().activeElement === input && input.dataset.dirty;
  }

  typing(event) {
    if (event.key === "Escape") {
      delete this.input.dataset.dirty;
      this.error.textContent = "";
      this.input.removeAttribute("aria-invalid");
      this.write(this.description.value);
      event.stopPropagation();
    } else if (event.key === "Enter") {
      this.typed();
    }
  }

  typed() {
    const { min, max, kind, step } = this.description;
    const value = parse(this.input.value);
    const whole = kind !== "integer" || Number.isInteger(value);
    delete this.input.dataset.dirty;
    if (whole && value >= min && value <= max) {
      this.input.removeAttribute("aria-invalid");
      this.send(value);
      return;
    }
    this.input.setAttribute("aria-invalid", "true");
    const wanted = kind === "integer" ? "a whole number" : "a number";
    const range = `${write(min)} to ${write(max)}`;
    this.error.textContent = `“${this.input.value}” does not work here. Type ${wanted} from ${range}, such as ${write(Math.min(max, min + step))}.`;
  }

  select(description) {
    this.input = Object.assign(element("select"), { id: this.id });
    this.input.append(...description.options.map(({ value, label }) => new Option(label, String(value))));
    this.input.addEventListener("change", () => {
      const chosen = this.description.options[this.input.selectedIndex];
      this.send(chosen.value);
    });
    this.write = (value) => { this.input.value = String(value); };
    this.root.append(this.label(description.label), this.input);
  }

  /** Several small fields in a line; each sends by its own name. */
  row(description) {
    const line = element("div", "parts");
    line.setAttribute("role", "group");
    line.setAttribute("aria-label", description.label);
    const parts = description.parts.map((part, index) => {
      const made = new Field(this.form, { ...part, help: part.help ?? "" }, `${description.name}-${index}`);
      made.root.classList.add("part");
      made.slider?.remove();
      line.append(made.root);
      return made;
    });
    this.parts = parts;
    this.write = () => parts.forEach((part, index) => part.update(this.description.parts[index]));
    this.root.append(element("span", "name", description.label), line);
  }

  switch(description) {
    this.input = Object.assign(element("input"), { id: this.id, type: "checkbox" });
    this.input.addEventListener("change", () => this.send(this.input.checked));
    this.write = (value) => { this.input.checked = value; };
    this.root.append(this.input, this.label(description.label));
  }

  chips(description) {
    const group = element("div", "chips");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", description.label);
    const boxes = description.options.map(({ value, label }) => {
      const chip = element("label", "chip");
      const box = Object.assign(element("input"), { type: "checkbox", value });
      box.addEventListener("change", () => this.send(boxes.filter((b) => b.checked).map((b) => b.value)));
      chip.append(box, element("span", "", label));
      group.append(chip);
      return box;
    });
    this.write = (values) => boxes.forEach((box) => { box.checked = values.includes(box.value); });
    this.root.append(element("span", "name", description.label), group);
  }

  button(description) {
    this.input = element("button", "", description.label);
    this.input.type = "button";
    this.input.addEventListener("click", () => this.form.model.send_msg({ type: "press", name: this.name }));
    this.write = () => {};
    this.root.append(this.input);
  }

  update(description) {
    this.description = description;
    this.write(description.value);
    const inputs = this.root.querySelectorAll("input, select, button");
    for (const input of inputs) input.disabled = Boolean(description.disabled);
    if (description.disabled) this.root.title = description.disabled;
  }
}

class Form {
  constructor(model) {
    this.model = model;
    this.root = element("form");
    this.root.setAttribute("aria-label", "Settings");
    this.root.addEventListener("submit", (event) => event.preventDefault());
    model.on("fields", () => this.update());
    model.on("errors", () => this.complain());
    this.update();
  }

  update() {
    const { fields } = this.model;
    const still = ({ value, disabled, parts = [], ...rest }) => [rest, parts.map(still)];
    const shape = JSON.stringify(fields.map(still));
    if (shape === this.shape) {
      fields.forEach((field, index) => this.fields[index].update(field));
      return;
    }
    this.shape = shape;
    const groups = new Map();
    this.fields = fields.map((field) => new Field(this, field));
    this.fields.forEach((field, index) => {
      const { group = "" } = fields[index];
      if (!groups.has(group)) groups.set(group, fieldset(group));
      groups.get(group).append(field.root);
    });
    this.root.replaceChildren(...groups.values());
  }

  complain() {
    for (const field of this.fields.flatMap((each) => [each, ...(each.parts ?? [])])) {
      field.error.textContent = this.model.errors[field.name] ?? "";
    }
  }
}

function fieldset(name) {
  const set = element("fieldset");
  if (name) set.append(element("legend", "", name));
  return set;
}

export function render({ model }) {
  return new Form(model).root;
}
