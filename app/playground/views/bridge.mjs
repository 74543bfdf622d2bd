// Carries between Python and the page's shell (window.glassnet) what belongs to neither alone.

export function render({ model }) {
  const { glassnet } = window;
  const element = document.createElement("span");
  element.hidden = true;
  const controller = new AbortController();
  const listen = (type, handler) => glassnet.addEventListener(type, handler, { signal: controller.signal });

  let followed = 0;
  const follow = (query) => {
    followed += 1;
    model.send_msg({ type: "navigate", query });
  };

  listen("navigate", ({ detail }) => follow(detail.query));
  listen("theme", ({ detail }) => { model.theme = detail.theme; });
  listen("key", ({ detail }) => model.send_msg({ type: "key", key: detail.key }));
  listen("gesture", () => model.send_msg({ type: "gesture" }));
  model.on("address", () => glassnet.address(model.address));
  model.on("arrivals", () => { if (model.arrivals === followed) glassnet.arrived(model.address); });
  model.on("notices", () => glassnet.notices(model.notices));
  model.on("announcement", () => glassnet.announce(model.announcement));
  model.on("checkpoint", () => { glassnet.checkpoint = model.checkpoint; });
  model.on("kept", () => glassnet.keep(model.kept));
  model.on("remove", () => controller.abort());

  model.theme = glassnet.theme;
  if (model.query === location.search) glassnet.arrived();
  else follow(location.search);
  glassnet.notices(model.notices);
  glassnet.live();
  return element;
}
