// The engine menu: what trains, where, how fast; and the way to a training server. It stands in one
// module with the transport, which makes it.

const make = (name, className, text) => {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
};

const ASKS = "Your browser then asks whether this page may reach programs on this machine. Allow it: the page talks to the server on 127.0.0.1, and to nothing else.";
const FORBIDS = "Your browser has been told not to let this page reach programs on this machine. Allow it in the settings beside the address bar first.";
const FRAMED = "The page around this one keeps it from reaching this machine. Open Glassnet in a tab of its own.";
const HINTS = { prompt: ASKS, denied: FORBIDS, framed: FRAMED };
const GAP = 8; // pixels between the button and its panel

class EngineMenu {
  constructor(model) {
    this.model = model;
    this.options = new Map(); // by id
    this.button = make("button", "engine-button");
    this.button.type = "button";
    this.button.append(make("span", "number"), make("span", "arrow", "▴"));
    this.button.lastChild.setAttribute("aria-hidden", "true");
    this.button.setAttribute("aria-haspopup", "dialog");
    this.panel = make("div", "engine-panel");
    this.panel.popover = "auto";
    this.panel.setAttribute("role", "dialog");
    this.panel.setAttribute("aria-label", "Where it trains");
    this.build();
    this.button.popoverTargetElement = this.panel;
    this.panel.addEventListener("toggle", ({ newState }) => this.toggled(newState === "open"));
    this.move = () => this.place();
    this.root = make("div", "engine-menu");
    this.root.append(this.button, this.panel);
  }

  build() {
    const close = make("button", "close", "Close");
    close.type = "button";
    close.addEventListener("click", () => this.panel.hidePopover());
    const head = make("div", "head");
    head.append(make("h2", "", "Where it trains"), close);
    this.list = make("fieldset");
    this.list.append(make("legend", "sr", "What trains this network"));
    this.status = make("p", "status");
    this.status.setAttribute("role", "status");
    this.acts = make("div", "acts");
    this.panel.append(head, this.list, this.status, this.acts, this.connectForm());
  }

  connectForm() {
    this.form = make("form");
    const label = make("label", "", "Pairing code or address of a training server");
    this.field = make("input");
    Object.assign(this.field, { type: "text", autocomplete: "off", spellcheck: false, placeholder: "8765-K7QX-M2PD" });
    label.append(this.field);
    this.connect = make("button", "primary", "Connect");
    this.hint = make("p", "hint");
    this.hint.id = "engine-hint";
    this.connect.setAttribute("aria-describedby", this.hint.id);
    this.start = make("p", "hint", "A training server takes larger networks, on this machine's graphics card or all of its cores. Start one with ");
    this.start.append(make("code", "", "python3 build.py server"), "; it shows the code to type here.");
    const row = make("div", "row");
    row.append(label, this.connect);
    this.form.append(this.start, row, this.hint);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.tell({ act: "connect", text: this.field.value });
    });
    return this.form;
  }

  tell(message) {
    this.model.send_msg({ type: "engine", ...message });
  }

  /** What the browser will ask, or why it will not; of a refusal the sentence above says it all. */
  async explain() {
    const state = await window.glassnet.permission();
    const isSaid = this.model.menu.state === "refused" && state !== "prompt";
    this.hint.textContent = isSaid ? "" : HINTS[state] ?? "";
  }

  toggled(isOpen) {
    if (isOpen) {
      this.place();
      this.explain();
      this.tell({ act: "open" });
      window.addEventListener("resize", this.move);
      this.list.querySelector("input:checked")?.focus();
    } else {
      window.removeEventListener("resize", this.move);
      // What had the focus is hidden now, whether the browser has noticed or not.
      const isLost = document.activeElement === document.body;
      if (isLost || this.panel.contains(this.root.getRootNode().activeElement)) this.button.focus();
    }
  }

  /** Above the button, and always within the window. */
  place() {
    const { left, top, right } = this.button.getBoundingClientRect();
    const width = this.panel.offsetWidth;
    const start = Math.max(GAP, Math.min(left, right - width, window.innerWidth - width - GAP));
    Object.assign(this.panel.style, {
      left: `${start}px`, bottom: `${window.innerHeight - top + GAP}px`, maxHeight: `${Math.max(top - 2 * GAP, 240)}px`,
    });
  }

  update(label) {
    const { menu } = this.model;
    const isOffered = Boolean(menu.options);
    this.root.hidden = !isOffered;
    if (!isOffered) {
      if (this.panel.matches(":popover-open")) this.panel.hidePopover();
      return;
    }
    this.button.firstChild.textContent = label;
    this.button.title = `Where it trains: ${label}`;
    this.button.dataset.state = menu.state;
    this.choices(menu.options);
    if (this.status.textContent !== menu.text) this.status.textContent = menu.text;
    this.status.dataset.state = menu.state;
    this.buttons(menu.acts);
    const loses = !menu.connects && this.form.contains(this.root.getRootNode().activeElement);
    this.form.hidden = !menu.connects;
    if (loses) this.list.querySelector("input:checked")?.focus();
    this.connect.disabled = menu.state === "connecting";
    if (menu.state === "refused") this.explain();
  }

  choices(options) {
    const ids = options.map(({ id }) => id).join();
    if (ids !== this.ids) {
      this.ids = ids;
      this.options = new Map(options.map((each) => [each.id, this.choice(each.id)]));
      this.list.replaceChildren(this.list.firstChild, ...[...this.options.values()].map(({ label }) => label));
    }
    // What was chosen stays so until Python has done it, whatever else it says meanwhile.
    if (options.find(({ id }) => id === this.wanted)?.chosen !== false) this.wanted = null;
    for (const { id, label, note, rate, chosen, usable } of options) {
      const made = this.options.get(id);
      made.input.checked = this.wanted ? id === this.wanted : chosen;
      made.input.disabled = !usable;
      made.name.textContent = label;
      made.note.textContent = note;
      made.rate.textContent = rate;
    }
  }

  choice(id) {
    const label = make("label", "choice");
    const input = make("input");
    Object.assign(input, { type: "radio", name: "engine", value: id });
    input.addEventListener("change", () => {
      this.wanted = id;
      this.tell({ act: "choose", engine: id });
    });
    const [name, note, rate] = [make("span", "name"), make("span", "note"), make("span", "rate number")];
    label.append(input, name, rate, note);
    return { label, input, name, note, rate };
  }

  /** Those that are there already stay, and keep the focus. */
  buttons(acts) {
    const ids = acts.map(({ id }) => id).join();
    if (ids === this.acts.dataset.ids) return;
    this.acts.dataset.ids = ids;
    this.acts.replaceChildren(...acts.map(({ id, label }) => {
      const button = make("button", "", label);
      button.type = "button";
      button.addEventListener("click", () => this.tell({ act: id }));
      return button;
    }));
  }
}
