// with: each
// with: channel_params
// y = weight · (x − mean) / deviation + bias.
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> used: array<f32>;
@group(0) @binding(3) var<storage, read> parameters: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = place(id, groups);
    if (i >= p.count) {
        return;
    }
    let channel = i / p.pixels % p.channels;
    let normalized = (x[i] - used[channel]) * used[p.channels + channel];
    y[i] = parameters[p.weight_start + channel] * normalized + parameters[p.bias_start + channel];
}
