// with: each
// with: local_norm_params
// dx = dy / base^beta − 2 alpha beta / size · x · Σ dy · y / base, the sum over those channels that
// have this one around them.
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> base: array<f32>;
@group(0) @binding(3) var<storage, read> dy: array<f32>;
@group(0) @binding(4) var<storage, read_write> dx: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = place(id, groups);
    if (i >= p.count) {
        return;
    }
    let channel = i / p.pixels % p.channels;
    let around = neighbours(channel, (p.size - 1u) / 2u);
    var sum = 0.0;
    for (var other = around.x; other < around.y; other++) {
        let at = i + other * p.pixels - channel * p.pixels;
        sum += dy[at] * x[at] * pow(base[at], -p.beta - 1.0);
    }
    dx[i] = dy[i] * pow(base[i], -p.beta)
        - 2.0 * p.alpha * p.beta / f32(p.size) * x[i] * sum;
}
