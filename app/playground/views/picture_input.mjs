// A picture of the learner's own. What the file says of its size and kind is read before it is decoded,
// so that a small file that would unfold into billions of pixels never gets so far.

const MOST_PIXELS = 40e6; // decoded, four bytes each: 160 MB
const MOST_BYTES = 30e6;
const HINT = "PNG or JPEG. You can also drop it here, or press Ctrl+V. It stays in this page.";
const OTHERS = {
  GIF8: "GIF", RIFF: "WebP or another kind of container", BM: "BMP", "%PDF": "PDF", "<svg": "SVG",
  "<?xm": "SVG or XML", "II*\0": "TIFF", "MM\0*": "TIFF", "PK\x03\x04": "zip",
};

const text = (bytes, from, length) => String.fromCharCode(...bytes.subarray(from, from + length));
const count = (value) => new Intl.NumberFormat("en").format(value);
const refuse = (reason) => { throw new RangeError(reason); };
const CUT = "is cut off: the end of the picture is missing. Save or download it once more.";

/** Height and width of a PNG, by its chunks: length, kind, data, checksum. */
function readPng(bytes) {
  const view = new DataView(bytes.buffer);
  if (bytes.length < 33 || text(bytes, 12, 4) !== "IHDR") refuse(CUT);
  const size = { width: view.getUint32(16), height: view.getUint32(20) };
  guard(size); // before all else: this is the one that costs memory
  let at = 8;
  let kind = "";
  while (kind !== "IEND") {
    if (at + 12 > bytes.length) refuse(CUT);
    kind = text(bytes, at + 4, 4);
    if (kind === "acTL") refuse("is animated, several pictures in one. Save the one that you mean as a PNG of its own.");
    at += 12 + view.getUint32(at);
  }
  if (at > bytes.length) refuse(CUT);
  return size;
}

/** Height and width of a JPEG, by its segments: a marker, then a length that counts itself. */
function readJpeg(bytes) {
  const view = new DataView(bytes.buffer);
  let size = null;
  let at = 2;
  while (at + 9 < bytes.length && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) { at += 1; continue; } // padding
    if (marker === 0xda) break; // here the pixels begin
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      size = { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
      guard(size);
      if (view.getUint8(at + 9) === 4) {
        refuse("is made of four inks (CMYK), whose colours depend on a printer. Save it as RGB, as screens show it.");
      }
    }
    at += 2 + view.getUint16(at + 2);
  }
  if (!size || !ends(bytes, at)) refuse(CUT);
  return size;
}

/** Whether the marker of the end follows; behind it some cameras write more. */
function ends(bytes, from) {
  for (let i = bytes.length - 2; i >= from; i -= 1) if (bytes[i] === 0xff && bytes[i + 1] === 0xd9) return true;
  return false;
}

function guard({ height, width }) {
  if (!height || !width) refuse("says that it has no pixels at all, so it is damaged.");
  if (height * width > MOST_PIXELS) {
    refuse(`says that it has ${count(width)} × ${count(height)} pixels. That is ${count(Math.round(height * width / 1e6))} million; at most ${MOST_PIXELS / 1e6} million can be opened here. Make it smaller first.`);
  }
}

function read(bytes) {
  if (!bytes.length) refuse("is empty.");
  if (text(bytes, 0, 8) === "\x89PNG\r\n\x1a\n") return readPng(bytes);
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return readJpeg(bytes);
  const other = Object.keys(OTHERS).find((start) => text(bytes, 0, start.length) === start);
  if (other) refuse(`is a ${OTHERS[other]} file. Save it as PNG or JPEG.`);
  return refuse("is no picture that can be read here. Take a PNG or a JPEG.");
}

async function decode(file) {
  if (file.size > MOST_BYTES) refuse(`has ${count(Math.round(file.size / 1e6))} MB; at most ${MOST_BYTES / 1e6} MB can be opened here. Make it smaller first.`);
  read(new Uint8Array(await file.arrayBuffer()));
  try {
    return await createImageBitmap(file, { colorSpaceConversion: "none" });
  } catch {
    return refuse("is damaged: it could not be decoded. Save or download it once more.");
  }
}

/** The bytes red, green, blue of each pixel, with no side above the limit. What is see-through is white. */
function shrink(bitmap, side) {
  const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [bitmap.width, bitmap.height].map((size) => Math.max(1, Math.round(size * scale)));
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  return { width, height, rgb: data.filter((_, i) => i % 4 !== 3) };
}

const encode = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

class Input {
  constructor(model) {
    this.model = model;
    this.root = element("div", "drop");
    this.file = Object.assign(element("input"), { type: "file", accept: "image/png,image/jpeg", tabIndex: -1 });
    this.file.setAttribute("aria-label", "Picture file");
    const buttons = element("div", "buttons");
    buttons.append(this.button("Choose a picture…", () => this.file.click()));
    if (navigator.clipboard?.read) buttons.append(this.button("Paste", () => this.paste()));
    this.note = element("p", "note", model.note);
    this.note.setAttribute("role", "status");
    this.error = element("p", "error");
    this.error.setAttribute("role", "alert");
    this.root.append(buttons, this.file, element("p", "hint", HINT), this.note, this.error);
    this.listen();
  }

  button(words, act) {
    const made = element("button", "", words);
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  }

  listen() {
    const { root, model } = this;
    model.on("note", () => { this.note.textContent = model.note; });
    this.file.addEventListener("change", () => {
      if (this.file.files.length) this.take(this.file.files[0]);
      this.file.value = ""; // so that the same file can be chosen again
    });
    root.addEventListener("dragover", (event) => { event.preventDefault(); root.classList.add("over"); });
    root.addEventListener("dragleave", () => root.classList.remove("over"));
    root.addEventListener("drop", (event) => {
      event.preventDefault();
      root.classList.remove("over");
      this.take(event.dataTransfer.files[0]);
    });
    const pasted = (event) => {
      if (!root.isConnected) return;
      const file = [...event.clipboardData.files][0];
      if (file) this.take(file);
    };
    document.addEventListener("paste", pasted);
    model.on("remove", () => document.removeEventListener("paste", pasted));
  }

  async paste() {
    try {
      const items = await navigator.clipboard.read();
      const item = items.find(({ types }) => types.some((type) => type.startsWith("image/")));
      const blob = await item?.getType(item.types.find((type) => type.startsWith("image/")));
      this.take(blob, "What is in the clipboard");
    } catch {
      this.complain("The browser did not give the clipboard away. Press Ctrl+V instead.");
    }
  }

  complain(words) {
    this.error.textContent = words;
  }

  async take(file, name = file?.name || "The picture") {
    this.complain("");
    if (!file) {
      this.complain("There is no picture in it. Copy or drop a PNG or a JPEG.");
      return;
    }
    try {
      const bitmap = await decode(file);
      const { rgb, height, width } = shrink(bitmap, this.model.side);
      const original = [bitmap.height, bitmap.width];
      bitmap.close();
      this.model.send_msg({ type: "picture", name, height, width, original, rgb: encode(rgb) });
    } catch (error) {
      const why = error instanceof RangeError ? error.message : "could not be read.";
      this.complain(`“${name}” ${why} The picture that was there stays.`);
    }
  }
}

export function render({ model }) {
  return new Input(model).root;
}
