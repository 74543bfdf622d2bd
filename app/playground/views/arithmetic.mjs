// The opened number: its formula, the formula with its numbers, and its terms. Every number that was
// itself computed is a button that opens it in turn; the trail leads back.

const counts = new Intl.NumberFormat("en");

/** A large whole number is a count: all its digits are shown, in groups. */
const isCount = (value) => Number.isInteger(value) && Math.abs(value) >= 1e4 && Math.abs(value) < 1e15;

/** At most so many significant digits; all of them stand in the tooltip. */
function short(value, digits = 5) {
  if (typeof value !== "number") return String(value);
  if (isCount(value)) return counts.format(value).replaceAll("-", "−");
  const rounded = Number(value.toPrecision(digits));
  const tiny = rounded !== 0 && Math.abs(rounded) < 1e-3;
  return (tiny ? rounded.toExponential() : String(rounded)).replaceAll("-", "−");
}

const MOST_USES = 40;
const full = (value) => (isCount(value) ? counts.format(value) : String(value)).replaceAll("-", "−");

class Arithmetic {
  constructor(model) {
    this.model = model;
    this.root = element("section", "arithmetic");
    this.root.setAttribute("aria-label", "Arithmetic of the opened number");
    this.voice = element("p", "sr");
    this.voice.setAttribute("role", "status");
    this.body = element("div", "body");
    this.root.append(this.voice, this.body);
    model.on("trail", () => this.update());
    model.on("asked", () => window.glassnet?.opened());
    this.root.addEventListener("keydown", (event) => this.key(event));
    this.update();
  }

  key(event) {
    if (event.key !== "Backspace" || this.model.trail.length < 2) return;
    event.preventDefault();
    this.send({ type: "back", index: this.model.trail.length - 2 });
  }

  send(message) {
    this.model.send_msg(message);
  }

  update() {
    const { trail } = this.model;
    const shown = trail.at(-1);
    const key = JSON.stringify([trail.length, shown?.ref, shape(shown)]);
    if (key === this.key_shown) return this.refresh(shown);
    const inside = this.root.contains(this.root.getRootNode().activeElement);
    this.key_shown = key;
    this.live = [];
    this.body.replaceChildren(...(shown ? this.page(trail, shown) : [invitation()]));
    this.refresh(shown);
    if (inside) this.body.querySelector("h3")?.focus();
    if (shown) this.voice.textContent = `${shown.symbol} = ${full(shown.result)}. ${shown.title}`;
  }

  /** Write the values of an explanation into the page that was built for its shape. */
  refresh(shown) {
    for (const write of this.live) write(shown);
  }

  /** An element whose text follows the explanation, without being made anew. */
  bound(name, className, read, tip) {
    const made = element(name, className);
    this.live.push((shown) => {
      const text = read(shown);
      if (made.textContent !== text) made.textContent = text;
      if (tip) made.title = tip(shown);
    });
    return made;
  }

  page(trail, shown) {
    const title = element("h3", "", shown.title);
    title.tabIndex = -1;
    const value = this.bound("p", "value number", (e) => `${e.symbol} = ${short(e.result, 8)}`);
    const all = this.bound("p", "all number", (e) => full(e.result) === short(e.result, 8) ? "" : `all digits: ${full(e.result)}`);
    const parts = [this.crumbs(trail), title, value, all];
    if (shown.formula) parts.push(this.line("Formula", (e) => e.formula));
    if (shown.substituted) parts.push(this.line("With its numbers", (e) => e.substituted));
    if (shown.kind === "sum") parts.push(this.sum(shown));
    if (shown.kind === "function") parts.push(this.arguments(shown));
    if (shown.note) parts.push(this.bound("p", "note", (e) => e.note));
    if (shown.uses.length) parts.push(this.uses(shown));
    return parts;
  }

  crumbs(trail) {
    const nav = element("nav", "crumbs");
    nav.setAttribute("aria-label", "Opened numbers");
    trail.forEach(({ symbol }, index) => {
      const last = index === trail.length - 1;
      const crumb = element(last ? "span" : "button", "", symbol);
      if (last) crumb.setAttribute("aria-current", "true");
      else crumb.addEventListener("click", () => this.send({ type: "back", index }));
      nav.append(...(index ? [element("span", "to", "›")] : []), crumb);
    });
    return nav;
  }

  line(label, read) {
    const line = element("div", "line");
    line.append(element("span", "label", label), this.bound("span", "formula number", read));
    return line;
  }

  sum(shown) {
    const box = element("div", "terms");
    box.tabIndex = shown.terms.length > 4 ? 0 : -1;
    const table = element("table");
    const body = table.createTBody();
    shown.terms.forEach((term, i) => {
      const row = body.insertRow();
      const factors = row.insertCell();
      factors.className = "factors";
      term.factors.forEach((_, j) => {
        if (j) factors.append(element("span", "times", "×"));
        factors.append(this.factor((e) => e.terms[i].factors[j]));
      });
      if (term.factors.length > 1) {
        row.insertCell().textContent = "=";
        row.append(this.bound("td", "number", (e) => short(e.terms[i].value), (e) => full(e.terms[i].value)));
      } else {
        factors.colSpan = 3;
      }
    });
    const total = table.createTFoot().insertRow();
    const label = element("th", "", shown.terms.length === 1 ? "result" : "sum");
    label.scope = "row";
    const equals = element("td", "", "=");
    total.append(label, equals, this.bound("td", "number", (e) => short(e.result), (e) => full(e.result)));
    box.append(table);
    return box;
  }

  arguments(shown) {
    const list = element("div", "arguments");
    list.append(element("span", "label", "computed from"));
    shown.arguments.forEach((_, j) => list.append(this.factor((e) => e.arguments[j])));
    return list;
  }

  uses(shown) {
    const list = element("div", "arguments");
    const more = shown.uses.length - MOST_USES;
    list.append(element("span", "label", "goes into"));
    shown.uses.slice(0, MOST_USES).forEach((_, j) => list.append(this.factor((e) => e.uses[j])));
    if (more > 0) list.append(element("span", "label", `and ${more} more`));
    return list;
  }

  factor(read) {
    const first = read(this.model.trail.at(-1));
    const made = element(first.ref ? "button" : "span", "factor number");
    const value = this.bound("span", "", (e) => short(read(e).value), (e) => full(read(e).value));
    // A constant such as 1/10 is its own symbol.
    if (first.ref || !/^[\d−]/.test(first.symbol)) made.append(element("span", "symbol", first.symbol));
    made.append(value);
    if (first.ref) made.addEventListener("click", () => this.send({ type: "open", ref: first.ref }));
    return made;
  }
}

/** Two explanations of the same shape can be shown by the same elements. */
function shape(shown) {
  return shown && [
    shown.kind, shown.title, Boolean(shown.note), Boolean(shown.formula),
    shown.terms.map((term) => term.factors.map(({ symbol, ref }) => [symbol, ref])),
    shown.arguments.map(({ symbol, ref }) => [symbol, ref]),
    shown.uses.map(({ symbol, ref }) => [symbol, ref]),
  ];
}

function invitation() {
  return element("p", "empty", "Open any number: click it, or press Space on it. Its arithmetic appears here, and every number in it opens in turn.");
}

export function render({ model }) {
  return new Arithmetic(model).root;
}
