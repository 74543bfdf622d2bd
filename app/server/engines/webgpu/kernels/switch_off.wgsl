// with: each
// y is x, but 0 where the feature is one of those that are off, even if x is no finite number there.
struct Params { count: u32, features: u32, num_off: u32 }

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> off: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = place(id, groups);
    if (i >= p.count) {
        return;
    }
    var value = x[i];
    for (var k = 0u; k < p.num_off; k++) {
        value = select(value, 0.0, off[k] == i % p.features);
    }
    y[i] = value;
}
