// y = the sum of x (samples, channels, pixels) over all but the channels; a workgroup for each.
struct Params { channels: u32, samples: u32, pixels: u32, start: u32 }

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

var<workgroup> parts: array<f32, 256>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
    var sum = 0.0;
    for (var i = index; i < p.samples * p.pixels; i += 256u) {
        sum += x[(i / p.pixels * p.channels + group.x) * p.pixels + i % p.pixels];
    }
    parts[index] = sum;
    for (var width = 128u; width > 0u; width /= 2u) {
        workgroupBarrier();
        if (index < width) {
            parts[index] += parts[index + width];
        }
    }
    if (index == 0u) {
        y[p.start + group.x] = parts[0];
    }
}
