// Puts the chapter's pictures and grids into titled blocks. The sentence under a title is made by
// Python from the numbers that are shown, and is what a screen reader reads of a picture.

function block(description, shown, index) {
  const section = document.createElement("section");
  section.style.setProperty("--span", description.wide ? 6 : description.span ?? 3);
  section.style.setProperty("--rows", description.rows ?? 1);
  const title = document.createElement("h2");
  title.id = `title-${index}`;
  section.setAttribute("aria-labelledby", title.id);
  const text = document.createElement("p");
  section.append(title, text, shown);
  describe(section, description);
  return section;
}

function describe(section, { title, text }) {
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

// Panel runs this again whenever `views` changes; only the words change in place.
export function render({ model, view }) {
  measureWhenComplete(view);
  const stage = document.createElement("div");
  stage.className = "blocks";
  const views = model.get_child("views");
  stage.append(...views.map((view, index) => block(model.blocks[index] ?? {}, view, index)));
  model.on("blocks", () => {
    if (model.blocks.length !== stage.children.length) return;
    [...stage.children].forEach((section, index) => describe(section, model.blocks[index]));
  });
  return stage;
}
