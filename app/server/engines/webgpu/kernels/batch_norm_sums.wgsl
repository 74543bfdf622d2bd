// with: channel_sums_params
// dweight = Σ dy · z and dbias = Σ dy, with z the normalised x; a workgroup for each channel.
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> used: array<f32>;
@group(0) @binding(3) var<storage, read> dy: array<f32>;
@group(0) @binding(4) var<storage, read_write> gradients: array<f32>;

var<workgroup> parts: array<vec2f, 256>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
    let channel = group.x;
    let mean = used[channel];
    var sums = vec2f();
    for (var i = index; i < p.samples * p.pixels; i += 256u) {
        let at = (i / p.pixels * p.channels + channel) * p.pixels + i % p.pixels;
        sums += dy[at] * vec2f(x[at] - mean, 1.0);
    }
    parts[index] = sums;
    for (var width = 128u; width > 0u; width /= 2u) {
        workgroupBarrier();
        if (index < width) {
            parts[index] += parts[index + width];
        }
    }
    if (index == 0u) {
        gradients[p.weight_start + channel] = parts[0].x * used[p.channels + channel];
        gradients[p.bias_start + channel] = parts[0].y;
    }
}
