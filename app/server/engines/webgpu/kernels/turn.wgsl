// with: each
// x (first, second, features) -> y (second, first, features).
struct Params { count: u32, first: u32, second: u32, features: u32 }

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = place(id, groups);
    if (i >= p.count) {
        return;
    }
    let row = i / p.features;
    let from_row = (row % p.first) * p.second + row / p.first;
    y[i] = x[from_row * p.features + i % p.features];
}
