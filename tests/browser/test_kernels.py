"""The training server's kernels in a browser's own compiler, which is stricter than wgpu-py's."""

import os
import shutil

from app.server.engines.webgpu.sources import FOLDER, source
from tests.browser.conftest import FLAGS

SKELETONS = ("tile", "tile_alone")
COMPILE = """async (sources) => {
  const adapter = await navigator.gpu.requestAdapter();
  const device = await adapter.requestDevice();  // with the limits that every browser grants
  const said = {};
  for (const [name, code] of Object.entries(sources)) {
    const module = device.createShaderModule({ code });
    said[name] = (await module.getCompilationInfo()).messages.map((each) => each.message);
    await device
      .createComputePipelineAsync({ layout: "auto", compute: { module } })
      .catch((error) => said[name].push(String(error)));
  }
  return said;
}"""


def sources():
    """Every kernel by its name, products of matrices in both kinds of tiles."""
    made = {}
    for path in FOLDER.glob("*.wgsl"):
        name, text = path.stem, path.read_text(encoding="utf-8")
        if "fn load_a" in text:
            for tiles in SKELETONS:
                for side in (8, 16):
                    made[f"{name} {tiles} {side}"] = source(name, tiles, LANES=side).code
        elif "@compute" in text and name not in SKELETONS:
            made[name] = source(name).code
    return made


def test_kernels_would_run_in_a_page(chromium):
    browser = chromium.browser_type.launch(
        executable_path=os.environ.get("GLASSNET_CHROMIUM") or shutil.which("chromium"),
        args=[*FLAGS, "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"],
    )
    page = browser.new_page()
    page.route("**/*", lambda route: route.fulfill(body="<p>", content_type="text/html"))
    page.goto("https://kernels.test/")  # WebGPU is for secure pages
    said = page.evaluate(COMPILE, sources())
    browser.close()
    assert len(said) > 60
    assert {name: messages for name, messages in said.items() if messages} == {}
