// with: each
// with: channel_params
// dx = weight / deviation · (dy − (dbias + z · dweight) / M), with z the normalised x, M its count.
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> used: array<f32>;
@group(0) @binding(3) var<storage, read> parameters: array<f32>;
@group(0) @binding(4) var<storage, read> gradients: array<f32>;
@group(0) @binding(5) var<storage, read> dy: array<f32>;
@group(0) @binding(6) var<storage, read_write> dx: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = place(id, groups);
    if (i >= p.count) {
        return;
    }
    let channel = i / p.pixels % p.channels;
    let scale = used[p.channels + channel];
    let normalized = (x[i] - used[channel]) * scale;
    let moved = (gradients[p.bias_start + channel]
        + normalized * gradients[p.weight_start + channel]) / f32(p.samples * p.pixels);
    dx[i] = parameters[p.weight_start + channel] * scale * (dy[i] - moved);
}
