// A field to paste text into, a button to open a file, and a place to drop one.

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

class OwnText {
  constructor(model) {
    this.model = model;
    this.root = element("div", "own");
    this.used = element("p", "used");
    this.used.setAttribute("role", "status");
    this.notice = element("p", "notice");
    this.error = element("p", "error");
    this.error.id = "own-text-error";
    this.error.setAttribute("role", "alert");
    this.area = element("textarea");
    Object.assign(this.area, { rows: 4, id: "own-text", spellcheck: false, dir: "auto", placeholder: "Paste text here, or drop a file" });
    this.area.setAttribute("aria-describedby", this.error.id);
    const label = element("label", "name", "A text of your own");
    label.htmlFor = this.area.id;
    this.root.append(this.used, this.notice, label, this.area, this.error, this.buttons());
    this.area.addEventListener("dragover", (event) => event.preventDefault());
    this.area.addEventListener("drop", (event) => this.dropped(event));
    model.on(["used", "notice", "error", "default_label"], () => this.say());
    this.say();
  }

  buttons() {
    const row = element("div", "buttons");
    const use = element("button", "primary", "Use this text");
    use.addEventListener("click", () => this.send(this.area.value, "your text"));
    this.file = Object.assign(element("input", "sr"), { type: "file", accept: "text/*,.txt,.md,.csv,.tex,.html,.py,.js,.json", tabIndex: -1 });
    this.file.setAttribute("aria-label", "Text file");
    this.file.addEventListener("change", () => this.open(this.file.files[0]));
    const open = element("button", "", "Open a file…");
    open.addEventListener("click", () => this.file.click());
    this.back = element("button");
    this.back.addEventListener("click", () => this.model.send_msg({ type: "default" }));
    row.append(use, open, this.file, this.back);
    return row;
  }

  dropped(event) {
    const [file] = event.dataTransfer.files;
    if (!file) return;
    event.preventDefault();
    this.open(file);
  }

  async open(file) {
    if (!file) return;
    this.file.value = "";
    const { max_bytes: most } = this.model;
    if (file.size > most) {
      this.complain(`“${file.name}” has ${megabytes(file.size)}. Files of up to ${megabytes(most)} can be read; take a part of it.`);
      return;
    }
    try {
      this.send(await file.text(), file.name);
    } catch {
      this.complain(`“${file.name}” could not be read. Is it still there, and may it be opened?`);
    }
  }

  send(text, name) {
    this.complain(this.model.error); // until Python has looked at this one
    this.model.send_msg({ type: "text", text, name });
  }

  complain(text) {
    this.error.textContent = text;
    if (text) this.area.setAttribute("aria-invalid", "true");
    else this.area.removeAttribute("aria-invalid");
  }

  say() {
    const { used, notice, error, default_label: back } = this.model;
    this.used.textContent = used;
    this.notice.textContent = notice;
    this.back.textContent = back;
    this.complain(error);
  }
}

export function render({ model }) {
  return new OwnText(model).root;
}
