// with: each
// with: now
// with: moved
// w − lr · g / (√s + ε), with s = kept · s_before + taken · g².
struct Params { count: u32, kept: f32, taken: f32, epsilon: f32 }

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(5) var<storage, read_write> s: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = place(id, groups);
    if (i < p.count) {
        let g = gradients[i];
        s[i] = p.kept * s[i] + p.taken * (g * g);
        move_by(i, now.rate * (g / (sqrt(s[i]) + p.epsilon)));
    }
}
