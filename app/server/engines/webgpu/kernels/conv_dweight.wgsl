// with: conv_params
// dweight for each group: rows are its channels out, columns its channels in by the taps, and the
// terms of the sums the units of all samples.
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> dy: array<f32>;
@group(0) @binding(3) var<storage, read_write> dweight: array<f32>;

fn a_down() -> bool {
    return false;
}

fn b_across() -> bool {
    return false;
}

fn a_place(row: u32, group: u32) -> u32 {
    return (group * p.rows + row) * p.units_down * p.units_across;
}

fn a_term(k: u32, group: u32) -> u32 {
    let units = p.units_down * p.units_across;
    return k / units * p.outs * units + k % units;
}

fn load_a(place: u32, term: u32) -> f32 {
    return dy[place + term];
}

// Of a tap of a channel: where the channel begins, and how far the tap lies from a unit's place.
fn b_place(column: u32, group: u32) -> vec3i {
    let channel = i32(group * (p.channels / p.groups));
    let tap = tap_of(column) + vec3i(channel, -i32(p.top), -i32(p.left));
    return tap * vec3i(i32(p.height * p.width), 1, 1);
}

// Of a unit: where its picture begins, and its place.
fn b_term(k: u32, group: u32) -> vec3i {
    let units = p.units_down * p.units_across;
    let unit = k % units;
    return vec3i(
        i32(k / units * p.channels * p.height * p.width),
        i32(unit / p.units_across * p.stride_down),
        i32(unit % p.units_across * p.stride_across),
    );
}

fn load_b(place: vec3i, term: vec3i) -> f32 {
    let row = place.y + term.y;
    let column = place.z + term.z;
    if (row < 0 || row >= i32(p.height) || column < 0 || column >= i32(p.width)) {
        return 0.0;
    }
    return x[place.x + term.x + row * i32(p.width) + column];
}

// A slice has the sums of all groups.
fn store(row: u32, column: u32, slice: u32, group: u32, sum: f32) {
    let out = (slice * p.groups + group) * p.rows + row;
    dweight[p.weight_start + out * p.columns + column] = sum;
}
