// A list of terms with a sentence for each.

const element = (name, text) => {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
};

export function render({ model }) {
  const list = document.createElement("dl");
  const update = () => list.replaceChildren(...model.items.flatMap(({ term, text }) => [element("dt", term), element("dd", text)]));
  model.on("items", update);
  update();
  return list;
}
