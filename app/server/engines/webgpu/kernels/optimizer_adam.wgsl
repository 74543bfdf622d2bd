// with: each
// with: now
// with: moved
// w − lr · m̂ / (√ŝ + ε); now.rate and now.correction have the corrections of the averages m and s.
struct Params {
    count: u32, kept_first: f32, taken_first: f32, kept_second: f32, taken_second: f32,
    epsilon: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(5) var<storage, read_write> m: array<f32>;
@group(0) @binding(6) var<storage, read_write> s: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = place(id, groups);
    if (i < p.count) {
        let g = gradients[i];
        m[i] = p.kept_first * m[i] + p.taken_first * g;
        s[i] = p.kept_second * s[i] + p.taken_second * (g * g);
        move_by(i, now.rate * (m[i] / (sqrt(s[i] * now.correction) + p.epsilon)));
    }
}
