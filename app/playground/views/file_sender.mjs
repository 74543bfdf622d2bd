// A button for one large file. Its pieces are read and handed over one after the other, each when the
// one before has been handled, so that it need not fit into one message and can be called off.

const PIECE = 1 << 20; // bytes

/** A part of a file as base64. */
const encode = (part) => new Promise((resolve, reject) => {
  const reader = new FileReader();
  reader.addEventListener("load", () => resolve(reader.result.slice(reader.result.indexOf(",") + 1)));
  reader.addEventListener("error", () => reject(reader.error));
  reader.readAsDataURL(part);
});

class Sender {
  constructor(model) {
    this.model = model;
    this.file = null;
    this.offset = 0;
    this.root = element("div", "sender");
    this.hint = element("p", "hint");
    this.hint.id = "sender-hint";
    this.note = element("p", "note");
    this.note.setAttribute("role", "status");
    this.error = element("p", "error");
    this.error.setAttribute("role", "alert");
    this.way = element("p", "way");
    this.bar = element("progress");
    this.root.append(this.buttons(), this.hint, this.way, this.bar, this.note, this.error);
    model.on(["label", "hint", "note", "error", "disabled", "progress"], () => this.say());
    model.on("handled", () => this.next());
    model.on("wants", () => { if (!model.wants) this.file = null; });
    this.say();
  }

  buttons() {
    const row = element("div", "buttons");
    this.input = Object.assign(element("input"), { type: "file", tabIndex: -1 });
    this.input.addEventListener("change", () => this.begin(this.input.files[0]));
    this.choose = element("button");
    this.choose.type = "button";
    this.choose.setAttribute("aria-describedby", this.hint.id);
    this.choose.addEventListener("click", () => this.input.click());
    this.cancel = element("button", "", "Cancel");
    this.cancel.type = "button";
    this.cancel.addEventListener("click", () => {
      this.file = null;
      this.model.send_msg({ type: "cancel" });
      this.choose.focus();
    });
    row.append(this.choose, this.input, this.cancel);
    return row;
  }

  begin(file) {
    if (!file) return;
    this.input.value = ""; // so that the same file can be chosen again
    Object.assign(this, { file, offset: 0 });
    this.model.send_msg({ type: "begin", name: file.name, size: file.size });
  }

  /** The message before has been handled: hand over the next piece, if it is wanted. */
  async next() {
    const { file, offset, model } = this;
    if (!file || !model.wants || offset >= file.size) return;
    this.offset = Math.min(offset + PIECE, file.size);
    try {
      const data = await encode(file.slice(offset, this.offset));
      if (this.file === file) model.send_msg({ type: "piece", offset, data });
    } catch {
      this.file = null;
      this.error.textContent = `“${file.name}” could not be read. Is it still there, and may it be opened?`;
      model.send_msg({ type: "cancel" });
    }
  }

  say() {
    const { label, hint, note, error, disabled, progress } = this.model;
    const isOnItsWay = progress.total > 0;
    this.choose.textContent = `${label}…`;
    this.input.setAttribute("aria-label", label);
    this.choose.disabled = Boolean(disabled) || isOnItsWay;
    this.hint.textContent = disabled || hint;
    this.note.textContent = note;
    this.error.textContent = error;
    this.cancel.hidden = this.bar.hidden = !isOnItsWay;
    this.way.textContent = isOnItsWay ? progress.label : "";
    if (!isOnItsWay) return;
    this.bar.max = progress.total;
    this.bar.value = progress.value;
    this.bar.setAttribute("aria-label", progress.label);
  }
}

export function render({ model }) {
  return new Sender(model).root;
}
