// Puts the chapter's pictures and grids into titled blocks. The sentence under a title is made by
// Python from the numbers that are shown, and is what a screen reader reads of a picture.

function block(description, view, index) {
  const section = document.createElement("section");
  section.style.setProperty("--span", description.wide ? 6 : description.span ?? 3);
  section.style.setProperty("--rows", description.rows ?? 1);
  const title = document.createElement("h2");
  title.id = `title-${index}`;
  section.setAttribute("aria-labelledby", title.id);
  const text = document.createElement("p");
  section.append(title, text, view);
  describe(section, description);
  return section;
}

function describe(section, { title, text }) {
  const [heading, sentence] = section.children;
  heading.textContent = title;
  if (sentence.textContent !== (text ?? "")) sentence.textContent = text ?? "";
}

// Panel runs this again whenever `views` changes; only the words change in place.
export function render({ model }) {
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
