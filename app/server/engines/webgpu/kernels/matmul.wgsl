// C = A B, or C += A B, of matrices that lie anyhow; with a bias for each column. See products.py.
struct Params {
    rows: u32, columns: u32, inner: u32, slices: u32, depth: u32,
    a_start: u32, a_row: u32, a_column: u32,
    b_start: u32, b_row: u32, b_column: u32,
    c_start: u32, c_row: u32,
    add: u32, has_bias: u32, bias_start: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> c: array<f32>;

fn a_down() -> bool {
    return p.a_row == 1u;
}

fn b_across() -> bool {
    return p.b_column == 1u;
}

fn a_place(row: u32, batch: u32) -> u32 {
    return p.a_start + row * p.a_row;
}

fn a_term(k: u32, batch: u32) -> u32 {
    return k * p.a_column;
}

fn load_a(place: u32, term: u32) -> f32 {
    return a[place + term];
}

fn b_place(column: u32, batch: u32) -> vec3i {
    return vec3i(i32(p.b_start + column * p.b_column), 0, 0);
}

fn b_term(k: u32, batch: u32) -> vec3i {
    return vec3i(i32(k * p.b_row), 0, 0);
}

fn load_b(place: vec3i, term: vec3i) -> f32 {
    return b[place.x + term.x];
}

fn store(row: u32, column: u32, slice: u32, batch: u32, sum: f32) {
    let at = p.c_start + (slice * p.rows + row) * p.c_row + column;
    var value = sum;
    if (p.add == 1u) {
        value += c[at];
    }
    if (p.has_bias == 1u) {
        value += bias[p.bias_start + column];
    }
    c[at] = value;
}
