// Puts the chapter's pictures and grids into titled blocks. The sentence under a title is made by
// Python from the numbers that are shown, and is what a screen reader reads of a picture.

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const FURTHER = 5; // times as far with Shift

function block(description, shown, index, model) {
  const section = document.createElement("section");
  const title = document.createElement("h2");
  title.id = `title-${index}`;
  section.setAttribute("aria-labelledby", title.id);
  const text = document.createElement("p");
  text.id = `text-${index}`;
  section.append(title, text, description.keys ? steered(shown, description, index, model) : shown);
  describe(section, description);
  return section;
}

/** A picture that takes the arrow keys; `keys` says what they do. */
function steered(view, { title, keys }, index, model) {
  const place = document.createElement("div");
  place.tabIndex = 0;
  place.title = `Arrow keys: ${keys}`;
  place.setAttribute("role", "application");
  place.setAttribute("aria-label", `${title}. Arrow keys ${keys}; with Shift further`);
  place.setAttribute("aria-describedby", `text-${index}`);
  place.append(view);
  place.addEventListener("keydown", (event) => {
    const [x, y] = ARROWS[event.key] ?? [0, 0];
    if (!(x || y) || event.ctrlKey || event.metaKey || event.altKey) return;
    const times = event.shiftKey ? FURTHER : 1;
    model.send_msg({ type: "arrow", index, x: x * times, y: y * times });
    event.preventDefault();
  });
  return place;
}

function describe(section, { title, text, wide, span, rows }) {
  section.style.setProperty("--span", wide ? 6 : span ?? 3);
  section.style.setProperty("--rows", rows ?? 1);
  const [heading, sentence] = section.children;
  heading.textContent = title;
  if (sentence.textContent !== (text ?? "")) sentence.textContent = text ?? "";
}

/** Panel builds the views of a stage one after the other, and waits where the module of one has yet to
 * come. Meanwhile those that are there have no layout to measure, although the stage changes its height.
 * Once all are there, Panel lays them out by itself. */
function measureWhenComplete(view) {
  const { compute_layout: compute } = Object.getPrototypeOf(view);
  view.compute_layout = () => {
    if (view.child_views.length === view.child_models.length) compute.call(view);
  };
}

// Panel runs this again whenever `views` changes; words and sizes change in place.
export function render({ model, view }) {
  measureWhenComplete(view);
  const stage = document.createElement("div");
  stage.className = "blocks";
  const views = model.get_child("views");
  stage.append(...views.map((shown, index) => block(model.blocks[index] ?? {}, shown, index, model)));
  model.on("blocks", () => {
    if (model.blocks.length !== stage.children.length) return;
    [...stage.children].forEach((section, index) => describe(section, model.blocks[index]));
  });
  return stage;
}
