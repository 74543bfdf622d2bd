// with: each
// y = the sum of parts (slices, count) over the slices, or y += it.
struct Params { count: u32, slices: u32, start: u32, add: u32 }

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> parts: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = place(id, groups);
    if (i >= p.count) {
        return;
    }
    var sum = 0.0;
    for (var slice = 0u; slice < p.slices; slice++) {
        sum += parts[slice * p.count + i];
    }
    if (p.add == 1u) {
        sum += y[p.start + i];
    }
    y[p.start + i] = sum;
}
