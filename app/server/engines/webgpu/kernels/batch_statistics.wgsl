// What batch normalisation uses for each channel, a workgroup for each: its mean and one over its
// deviation, in `used` (2, channels). While training those of the batch, which move the running ones;
// the running variance follows the unbiased one.
struct Params {
    channels: u32, samples: u32, pixels: u32, mean_start: u32, var_start: u32, training: u32,
    momentum: f32, eps: f32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> state: array<f32>;
@group(0) @binding(3) var<storage, read_write> used: array<f32>;

var<workgroup> parts: array<f32, 256>;

fn total(index: u32, own: f32) -> f32 {
    workgroupBarrier();
    parts[index] = own;
    for (var width = 128u; width > 0u; width /= 2u) {
        workgroupBarrier();
        if (index < width) {
            parts[index] += parts[index + width];
        }
    }
    workgroupBarrier();
    return parts[0];
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
    let channel = group.x;
    let all = p.samples * p.pixels;
    let count = f32(all);
    if (p.training == 0u) {
        if (index == 0u) {
            used[channel] = state[p.mean_start + channel];
            used[p.channels + channel] = 1.0 / sqrt(state[p.var_start + channel] + p.eps);
        }
        return;
    }
    var sum = 0.0;
    for (var i = index; i < all; i += 256u) {
        sum += x[(i / p.pixels * p.channels + channel) * p.pixels + i % p.pixels];
    }
    let mean = total(index, sum) / count;
    var squares = 0.0;
    for (var i = index; i < all; i += 256u) {
        let away = x[(i / p.pixels * p.channels + channel) * p.pixels + i % p.pixels] - mean;
        squares += away * away;
    }
    let variance = total(index, squares) / count;
    if (index == 0u) {
        used[channel] = mean;
        used[p.channels + channel] = 1.0 / sqrt(variance + p.eps);
        let running_mean = state[p.mean_start + channel];
        state[p.mean_start + channel] = running_mean + p.momentum * (mean - running_mean);
        let running_var = state[p.var_start + channel];
        let unbiased = variance * (count / (count - 1.0));
        state[p.var_start + channel] = running_var + p.momentum * (unbiased - running_var);
    }
}
