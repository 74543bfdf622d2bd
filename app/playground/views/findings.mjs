// What is wrong, in words. The list speaks for itself when it changes, but only when its titles do:
// numbers in the text may change many times a second.

function finding({ title, seen, remedy }) {
  const item = element("li");
  item.append(element("strong", "", `⚠ ${title}`), element("p", "seen number", seen), element("p", "remedy", `What helps: ${remedy}`));
  return item;
}

export function render({ model }) {
  const root = element("div", "findings");
  const voice = element("p", "sr");
  voice.setAttribute("role", "status");
  const list = element("ul");
  const empty = element("p", "empty");
  root.append(voice, list, empty);
  const update = () => {
    list.replaceChildren(...model.items.map(finding));
    empty.textContent = model.items.length ? "" : model.empty;
    const said = model.items.map(({ title }) => title).join(". ");
    if (voice.textContent !== said) voice.textContent = said;
  };
  model.on(["items", "empty"], update);
  update();
  return root;
}
