// with: each
// with: local_norm_params
// base = k + alpha / size · Σ x² over the channels around, and y = x / base^beta.
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> base: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = place(id, groups);
    if (i >= p.count) {
        return;
    }
    let channel = i / p.pixels % p.channels;
    let around = neighbours(channel, p.size / 2u);
    var sum = 0.0;
    for (var other = around.x; other < around.y; other++) {
        let value = x[i + other * p.pixels - channel * p.pixels];
        sum += value * value;
    }
    base[i] = p.k + p.alpha / f32(p.size) * sum;
    y[i] = x[i] * pow(base[i], -p.beta);
}
