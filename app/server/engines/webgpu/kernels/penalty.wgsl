// with: each
// with: now
// gradients += l2 · w + l1 · sign w, for those parameters that penalties are on.
struct Params { count: u32 }

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> now: Now;
@group(0) @binding(2) var<storage, read> parameters: array<f32>;
@group(0) @binding(3) var<storage, read> penalised: array<f32>;
@group(0) @binding(4) var<storage, read_write> gradients: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = place(id, groups);
    if (i < p.count) {
        let w = parameters[i];
        gradients[i] += penalised[i] * (now.l2 * w + now.l1 * sign(w));
    }
}
