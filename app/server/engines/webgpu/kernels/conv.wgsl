// with: conv_params
// with: geometry
// y = weight ⋆ x + bias for each group: rows are its channels out, columns the units of all samples,
// and the terms of the sums its channels in by the taps.
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> weights: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

fn a_down() -> bool {
    return false;
}

fn b_across() -> bool {
    return true;
}

fn load_a(row: u32, k: u32, group: u32) -> f32 {
    return weights[p.weight_start + (group * p.rows + row) * p.inner + k];
}

fn load_b(k: u32, column: u32, group: u32) -> f32 {
    let taps = p.kernel_down * p.kernel_across;
    let units = p.units_down * p.units_across;
    let tap = tap_at(k % taps);
    let unit = column % units;
    let down = pixel_down(unit / p.units_across, tap / p.kernel_across);
    let across = pixel_across(unit % p.units_across, tap % p.kernel_across);
    if (!is_within(down, across)) {
        return 0.0;
    }
    let channel = group * (p.channels / p.groups) + k / taps;
    let picture = (column / units * p.channels + channel) * p.height;
    return x[(picture + u32(down)) * p.width + u32(across)];
}

fn store(row: u32, column: u32, slice: u32, group: u32, sum: f32) {
    let units = p.units_down * p.units_across;
    let channel = group * p.rows + row;
    var value = sum;
    if (p.has_bias == 1u) {
        value += weights[p.bias_start + channel];
    }
    y[(column / units * p.outs + channel) * units + column % units] = value;
}
