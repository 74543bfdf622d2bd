// with: conv_params
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

fn a_place(row: u32, group: u32) -> u32 {
    return p.weight_start + (group * p.rows + row) * p.inner;
}

fn a_term(k: u32, group: u32) -> u32 {
    return k;
}

fn load_a(place: u32, term: u32) -> f32 {
    return weights[place + term];
}

// Of a unit: where its picture begins, and the pixel that its first tap reads.
fn b_place(column: u32, group: u32) -> vec3i {
    let units = p.units_down * p.units_across;
    let unit = column % units;
    let channel = column / units * p.channels + group * (p.channels / p.groups);
    return vec3i(
        i32(channel * p.height * p.width),
        i32(unit / p.units_across * p.stride_down) - i32(p.top),
        i32(unit % p.units_across * p.stride_across) - i32(p.left),
    );
}

// Of a tap of a channel: where the channel begins, and how far the tap lies from the first.
fn b_term(k: u32, group: u32) -> vec3i {
    return tap_of(k) * vec3i(i32(p.height * p.width), 1, 1);
}

fn load_b(place: vec3i, term: vec3i) -> f32 {
    let row = place.y + term.y;
    let column = place.z + term.z;
    if (row < 0 || row >= i32(p.height) || column < 0 || column >= i32(p.width)) {
        return 0.0;
    }
    return x[place.x + term.x + row * i32(p.width) + column];
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
