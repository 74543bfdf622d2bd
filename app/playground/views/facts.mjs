// A list of terms with a sentence for each.

/** What is said of a term, or a link to a chapter. */
function said({ text, href }) {
  const made = element("dd", "", href ? "" : text);
  if (href) made.append(Object.assign(element("a", "", text), { href }));
  return made;
}

export function render({ model }) {
  const list = document.createElement("dl");
  const update = () => list.replaceChildren(...model.items.flatMap((item) => [element("dt", "", item.term), said(item)]));
  model.on("items", update);
  update();
  return list;
}
