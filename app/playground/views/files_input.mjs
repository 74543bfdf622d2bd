// A button for each of several files that belong together. They are read when all are chosen.

const count = (value) => new Intl.NumberFormat("en").format(value);

/** A file as base64. */
const encode = (file) => new Promise((resolve, reject) => {
  const reader = new FileReader();
  reader.addEventListener("load", () => resolve(reader.result.slice(reader.result.indexOf(",") + 1)));
  reader.addEventListener("error", () => reject(reader.error));
  reader.readAsDataURL(file);
});

class Files {
  constructor(model) {
    this.model = model;
    this.chosen = {}; // files by key
    this.root = element("div", "files");
    this.buttons = element("div", "buttons");
    this.hint = element("p", "hint", model.hint);
    this.note = element("p", "note", model.note);
    this.note.setAttribute("role", "status");
    this.error = element("p", "error", model.error);
    this.error.setAttribute("role", "alert");
    this.root.append(this.buttons, this.hint, this.note, this.error);
    model.on("wanted", () => this.build());
    model.on("hint", () => { this.hint.textContent = model.hint; });
    model.on("note", () => { this.note.textContent = model.note; });
    model.on("error", () => { this.error.textContent = model.error; });
    this.build();
  }

  build() {
    this.chosen = {};
    this.buttons.replaceChildren(...this.model.wanted.flatMap((each) => this.pair(each)));
  }

  pair({ key, label }) {
    const input = Object.assign(element("input"), { type: "file", tabIndex: -1 });
    input.setAttribute("aria-label", label);
    const button = element("button", "", `${label}…`);
    button.type = "button";
    button.addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      if (!input.files.length) return;
      this.chosen[key] = input.files[0];
      button.textContent = `${label}: ${input.files[0].name}`;
      input.value = ""; // so that the same file can be chosen again
      this.take();
    });
    return [button, input];
  }

  async take() {
    const { wanted, most_bytes: most } = this.model;
    this.error.textContent = "";
    this.model.error = ""; // so that Python can say the same again
    const files = wanted.map(({ key }) => this.chosen[key]);
    const large = files.find((file) => file?.size > most);
    if (large) {
      this.error.textContent = `“${large.name}” has ${count(large.size)} bytes; at most ${count(most)} are taken. Choose it compressed (.gz), or cut it to fewer samples.`;
    } else if (files.every(Boolean)) {
      this.note.textContent = "Reading …";
      try {
        const texts = await Promise.all(files.map(encode));
        const by = (values) => Object.fromEntries(wanted.map(({ key }, i) => [key, values[i]]));
        this.model.send_msg({ type: "files", names: by(files.map(({ name }) => name)), files: by(texts) });
      } catch {
        this.error.textContent = "The browser could not read the files. Choose them again.";
      }
      this.note.textContent = this.model.note;
    }
  }
}

export function render({ model }) {
  return new Files(model).root;
}
