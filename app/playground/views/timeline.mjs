// Years from above to below, each with buttons for what it brought.

export function render({ model }) {
  const list = element("ol");
  let buttons = [];

  function choice({ key, label, title }) {
    const button = element("button", "", label);
    button.type = "button";
    button.title = title;
    button.dataset.key = key;
    button.addEventListener("click", () => model.send_msg({ type: "choose", key }));
    return button;
  }

  function year({ year: number, gap, choices }) {
    const item = element("li", "year");
    const row = element("span", "choices");
    row.append(...choices.map(choice));
    item.append(element("span", "number", String(number)), row);
    if (gap < 3) return [item];
    const pause = element("li", "gap");
    pause.append(element("span"), element("span", "", `${gap} years`));
    return [pause, item];
  }

  function mark() {
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.key === model.chosen));
  }

  function build() {
    list.setAttribute("aria-label", model.label);
    list.replaceChildren(...model.years.flatMap(year));
    buttons = [...list.querySelectorAll("button")];
    mark();
  }

  model.on(["years", "label"], build);
  model.on("chosen", mark);
  build();
  return list;
}
