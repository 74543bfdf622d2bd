// with: conv_params
// dx for each group: rows are its channels in, columns the pixels of all samples, and the terms of
// the sums its channels out by the taps, each of which has one unit at most that reads the pixel.
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read> weights: array<f32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;

fn a_down() -> bool {
    return false;
}

fn b_across() -> bool {
    return true;
}

fn a_place(row: u32, group: u32) -> u32 {
    return p.weight_start + row * p.kernel_down * p.kernel_across;
}

fn a_term(k: u32, group: u32) -> u32 {
    let taps = p.kernel_down * p.kernel_across;
    let out = group * (p.outs / p.groups) + k / taps;
    return out * p.rows * taps + k % taps;
}

fn load_a(place: u32, term: u32) -> f32 {
    return weights[place + term];
}

// Of a pixel: where the units of its picture begin, and where it lies from the start of the padding.
fn b_place(column: u32, group: u32) -> vec3i {
    let pixels = p.height * p.width;
    let pixel = column % pixels;
    let out = column / pixels * p.outs + group * (p.outs / p.groups);
    return vec3i(
        i32(out * p.units_down * p.units_across),
        i32(pixel / p.width + p.top),
        i32(pixel % p.width + p.left),
    );
}

// Of a tap of a channel out: where the channel begins, and how far the tap lies from the first.
fn b_term(k: u32, group: u32) -> vec3i {
    return tap_of(k) * vec3i(i32(p.units_down * p.units_across), 1, 1);
}

fn load_b(place: vec3i, term: vec3i) -> f32 {
    // unit · stride = pixel + padding − tap · dilation
    let down = place.y - term.y;
    let across = place.z - term.z;
    if (down < 0 || across < 0) {
        return 0.0;
    }
    let row = u32(down) / p.stride_down;
    let unit = u32(across) / p.stride_across;
    let is_read = row * p.stride_down == u32(down) && unit * p.stride_across == u32(across)
        && row < p.units_down && unit < p.units_across;
    if (!is_read) {
        return 0.0;
    }
    return dy[u32(place.x + term.x) + row * p.units_across + unit];
}

fn store(row: u32, column: u32, slice: u32, group: u32, sum: f32) {
    let pixels = p.height * p.width;
    let channel = group * p.rows + row;
    dx[(column / pixels * p.channels + channel) * pixels + column % pixels] = sum;
}
