// A matrix product in tiles. What is multiplied, and where the result goes, says the kernel before
// this. Its Params have rows, columns, inner, slices and depth; and it has
//     a_place(row, batch), a_term(k, batch) and load_a(place, term),
//     b_place(column, batch), b_term(k, batch) and load_b(place, term): where numbers lie, in parts
//         that are worked out once for many of them,
//     a_down(), b_across(): whether A's numbers lie side by side down a column, B's along a row,
//     store(row, column, slice, batch, sum).
// The workgroup fetches DEPTH terms at a time for a whole tile; each invocation sums 4 × 4 numbers.
const WIDTH = 4u * LANES;
const DEPTH = 16u;
const ALL = LANES * LANES;  // invocations: a multiple of both DEPTH and WIDTH

var<workgroup> tile_a: array<f32, WIDTH * DEPTH>;  // (term, row)
var<workgroup> tile_b: array<f32, WIDTH * DEPTH>;  // (term, column)

fn fetch_a(index: u32, row: u32, first: u32, end: u32, batch: u32) {
    let down = a_down();  // then neighbours have the same term, else the same row
    for (var i = index; i < WIDTH * DEPTH; i += ALL) {
        let k = select(i % DEPTH, i / WIDTH, down);
        let m = select(i / DEPTH, i % WIDTH, down);
        var value = 0.0;
        if (row + m < p.rows && first + k < end) {
            value = load_a(a_place(row + m, batch), a_term(first + k, batch));
        }
        tile_a[k * WIDTH + m] = value;
    }
}

// Where neighbours have the same term, an invocation always has the same column.
fn fetch_b_across(index: u32, column: u32, first: u32, end: u32, batch: u32, at: vec3i) {
    let n = index % WIDTH;
    for (var k = index / WIDTH; k < DEPTH; k += ALL / WIDTH) {
        var value = 0.0;
        if (column + n < p.columns && first + k < end) {
            value = load_b(at, b_term(first + k, batch));
        }
        tile_b[k * WIDTH + n] = value;
    }
}

// Where neighbours have the same column, an invocation always has the same term.
fn fetch_b_down(index: u32, column: u32, first: u32, end: u32, batch: u32) {
    let k = index % DEPTH;
    let term = b_term(first + k, batch);
    for (var n = index / DEPTH; n < WIDTH; n += ALL / DEPTH) {
        var value = 0.0;
        if (column + n < p.columns && first + k < end) {
            value = load_b(b_place(column + n, batch), term);
        }
        tile_b[k * WIDTH + n] = value;
    }
}

@compute @workgroup_size(LANES, LANES)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_id) lane: vec3u,
    @builtin(local_invocation_index) index: u32,
) {
    let tiles_down = (p.rows + WIDTH - 1u) / WIDTH;
    let number = group.x + group.y * groups.x;
    let row = number % tiles_down * WIDTH;
    let column = number / tiles_down * WIDTH;
    if (column >= p.columns) {
        return;
    }
    let slice = group.z % p.slices;
    let batch = group.z / p.slices;
    let end = min(p.inner, (slice + 1u) * p.depth);
    let across = b_across();
    let at = b_place(column + index % WIDTH, batch);
    var sums = array<vec4f, 4>();
    for (var first = slice * p.depth; first < end; first += DEPTH) {
        fetch_a(index, row, first, end, batch);
        if (across) {
            fetch_b_across(index, column, first, end, batch, at);
        } else {
            fetch_b_down(index, column, first, end, batch);
        }
        workgroupBarrier();
        var part = array<vec4f, 4>();  // sums of sums lose fewer digits
        for (var k = 0u; k < DEPTH; k++) {
            let m = k * WIDTH + lane.y * 4u;
            let n = k * WIDTH + lane.x * 4u;
            let b = vec4f(tile_b[n], tile_b[n + 1u], tile_b[n + 2u], tile_b[n + 3u]);
            part[0] += tile_a[m] * b;
            part[1] += tile_a[m + 1u] * b;
            part[2] += tile_a[m + 2u] * b;
            part[3] += tile_a[m + 3u] * b;
        }
        for (var i = 0u; i < 4u; i++) {
            sums[i] += part[i];
        }
        workgroupBarrier();
    }
    for (var i = 0u; i < 4u; i++) {
        for (var j = 0u; j < 4u; j++) {
            let m = row + lane.y * 4u + i;
            let n = column + lane.x * 4u + j;
            if (m < p.rows && n < p.columns) {
                store(m, n, slice, batch, sums[i][j]);
            }
        }
    }
}
