// with: geometry
// dweight for each group: rows are its channels out, columns its channels in by the taps, and the
// terms of the sums the units of all samples.
struct Params {
    rows: u32, columns: u32, inner: u32, slices: u32, depth: u32,
    channels: u32, height: u32, width: u32, units_down: u32, units_across: u32,
    kernel_down: u32, kernel_across: u32, stride_down: u32, stride_across: u32,
    dilation_down: u32, dilation_across: u32, top: u32, left: u32,
    outs: u32, groups: u32, flip: u32, dweight_start: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> dy: array<f32>;
@group(0) @binding(3) var<storage, read_write> dweight: array<f32>;

fn a_down() -> bool {
    return false;
}

fn b_across() -> bool {
    return false;
}

fn load_a(row: u32, k: u32, group: u32) -> f32 {
    let units = p.units_down * p.units_across;
    return dy[(k / units * p.outs + group * p.rows + row) * units + k % units];
}

fn load_b(k: u32, column: u32, group: u32) -> f32 {
    let taps = p.kernel_down * p.kernel_across;
    let units = p.units_down * p.units_across;
    let unit = k % units;
    let place = column % taps;
    let tap = select(place, taps - 1u - place, p.flip == 1u);
    let down = pixel_down(unit / p.units_across, tap / p.kernel_across);
    let across = pixel_across(unit % p.units_across, tap % p.kernel_across);
    if (!is_within(down, across)) {
        return 0.0;
    }
    let channel = group * (p.channels / p.groups) + column / taps;
    let picture = (k / units * p.channels + channel) * p.height;
    return x[(picture + u32(down)) * p.width + u32(across)];
}

// A slice has the sums of all groups.
fn store(row: u32, column: u32, slice: u32, group: u32, sum: f32) {
    let out = (slice * p.groups + group) * p.rows + row;
    dweight[p.dweight_start + out * p.columns + column] = sum;
}
