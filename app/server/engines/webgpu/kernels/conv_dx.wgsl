// with: conv_params
// with: geometry
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

fn load_a(row: u32, k: u32, group: u32) -> f32 {
    let taps = p.kernel_down * p.kernel_across;
    let out = group * (p.outs / p.groups) + k / taps;
    return weights[p.weight_start + (out * p.rows + row) * taps + k % taps];
}

fn load_b(k: u32, column: u32, group: u32) -> f32 {
    let taps = p.kernel_down * p.kernel_across;
    let pixels = p.height * p.width;
    let tap = tap_at(k % taps);
    let pixel = column % pixels;
    // unit · stride = pixel + padding − tap · dilation
    let down = i32(pixel / p.width + p.top) - i32(tap / p.kernel_across * p.dilation_down);
    let across = i32(pixel % p.width + p.left) - i32(tap % p.kernel_across * p.dilation_across);
    if (down < 0 || across < 0) {
        return 0.0;
    }
    let row = u32(down) / p.stride_down;
    let place = u32(across) / p.stride_across;
    let is_read = row * p.stride_down == u32(down) && place * p.stride_across == u32(across)
        && row < p.units_down && place < p.units_across;
    if (!is_read) {
        return 0.0;
    }
    let out = group * (p.outs / p.groups) + k / taps;
    let picture = (column / pixels * p.outs + out) * p.units_down;
    return dy[(picture + row) * p.units_across + place];
}

fn store(row: u32, column: u32, slice: u32, group: u32, sum: f32) {
    let pixels = p.height * p.width;
    let channel = group * p.rows + row;
    dx[(column / pixels * p.channels + channel) * pixels + column % pixels] = sum;
}
