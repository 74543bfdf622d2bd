// with: each
// with: now
// with: moved
// w − lr · g.
struct Params { count: u32 }

@group(0) @binding(0) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = place(id, groups);
    if (i < p.count) {
        move_by(i, now.rate * gradients[i]);
    }
}
