// with: each
// with: now
// with: moved
// w − lr · v, with v = momentum · v_before + g.
struct Params { count: u32 }

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(5) var<storage, read_write> v: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = place(id, groups);
    if (i < p.count) {
        v[i] = now.momentum * v[i] + gradients[i];
        move_by(i, now.rate * v[i]);
    }
}
