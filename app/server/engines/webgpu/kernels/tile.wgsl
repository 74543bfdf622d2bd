// A matrix product in tiles. What is multiplied, and where the result goes, say load_a(row, k, batch),
// load_b(k, column, batch) and store(row, column, slice, batch, value) of the kernel before this;
// its Params have rows, columns, inner, slices and depth, and a_down says whether A's numbers lie
// side by side along its columns, b_across whether B's do along its rows.
// The workgroup fetches DEPTH terms at a time for a whole tile; each invocation sums 4 × 4 numbers.
const WIDTH = 4u * LANES;
const DEPTH = 16u;

var<workgroup> tile_a: array<f32, WIDTH * DEPTH>;  // (term, row)
var<workgroup> tile_b: array<f32, WIDTH * DEPTH>;  // (term, column)

@compute @workgroup_size(LANES, LANES)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(local_invocation_id) lane: vec3u,
    @builtin(local_invocation_index) index: u32,
) {
    let row = group.y * WIDTH;
    let column = group.x * WIDTH;
    let slice = group.z % p.slices;
    let batch = group.z / p.slices;
    let end = min(p.inner, (slice + 1u) * p.depth);
    let down = a_down();
    let across = b_across();
    var sums = array<vec4f, 4>();
    for (var first = slice * p.depth; first < end; first += DEPTH) {
        for (var i = index; i < WIDTH * DEPTH; i += LANES * LANES) {
            let by_term = vec2u(i / WIDTH, i % WIDTH);  // neighbours have the same term
            let by_place = vec2u(i % DEPTH, i / DEPTH);  // neighbours have the same row or column
            let at = select(by_place, by_term, down);
            let bt = select(by_place, by_term, across);
            var a = 0.0;
            if (row + at.y < p.rows && first + at.x < end) {
                a = load_a(row + at.y, first + at.x, batch);
            }
            tile_a[at.x * WIDTH + at.y] = a;
            var b = 0.0;
            if (column + bt.y < p.columns && first + bt.x < end) {
                b = load_b(first + bt.x, column + bt.y, batch);
            }
            tile_b[bt.x * WIDTH + bt.y] = b;
        }
        workgroupBarrier();
        var part = array<vec4f, 4>();  // sums of sums lose fewer digits
        for (var k = 0u; k < DEPTH; k++) {
            let at = k * WIDTH + lane.y * 4u;
            let bt = k * WIDTH + lane.x * 4u;
            let b = vec4f(tile_b[bt], tile_b[bt + 1u], tile_b[bt + 2u], tile_b[bt + 3u]);
            part[0] += tile_a[at] * b;
            part[1] += tile_a[at + 1u] * b;
            part[2] += tile_a[at + 2u] * b;
            part[3] += tile_a[at + 3u] * b;
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
