// with: each
// with: now
// y = x · factor: 0 with probability p, else 1 / (1 − p). The random number is a hash of the step's
// seed, the layer and the place (pcg3d: Jarzynski and Olano 2020, JCGT 9 (3)).
struct Params { count: u32, layer: u32, p: f32 }

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> now: Now;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

fn mixed(seed: vec3u) -> u32 {
    var v = seed * 1664525u + 1013904223u;
    v.x += v.y * v.z;
    v.y += v.z * v.x;
    v.z += v.x * v.y;
    v ^= v >> vec3u(16u);
    v.x += v.y * v.z;
    return v.x;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = place(id, groups);
    if (i >= p.count) {
        return;
    }
    let random = f32(mixed(vec3u(i, p.layer, now.seed)) >> 8u) / 16777216.0;
    y[i] = select(0.0, x[i] / (1.0 - p.p), random >= p.p);
}
