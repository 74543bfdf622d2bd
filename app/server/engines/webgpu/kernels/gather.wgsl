// with: each
// with: now
// The samples of a batch: samples (all, steps, features) -> picked (steps, n, features).
struct Params { count: u32, n: u32, steps: u32, features: u32 }

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> now: Now;
@group(0) @binding(2) var<storage, read> rows: array<u32>;
@group(0) @binding(3) var<storage, read> samples: array<u32>;
@group(0) @binding(4) var<storage, read_write> picked: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = place(id, groups);
    if (i >= p.count) {
        return;
    }
    let place = i / p.features;
    let row = rows[now.first + place % p.n];
    picked[i] = samples[(row * p.steps + place / p.n) * p.features + i % p.features];
}
