// What tile.wgsl does, without memory that a workgroup shares: each invocation reads by itself what
// its 4 × 4 numbers are made of.
const DEPTH = 16u;

@compute @workgroup_size(LANES, LANES)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(local_invocation_id) lane: vec3u,
) {
    let row = (group.y * LANES + lane.y) * 4u;
    let column = (group.x * LANES + lane.x) * 4u;
    if (row >= p.rows || column >= p.columns) {
        return;
    }
    let slice = group.z % p.slices;
    let batch = group.z / p.slices;
    let end = min(p.inner, (slice + 1u) * p.depth);
    // Beyond the edge the last row and column are read again, and not stored.
    let m = min(vec4u(row, row + 1u, row + 2u, row + 3u), vec4u(p.rows - 1u));
    let n = min(vec4u(column, column + 1u, column + 2u, column + 3u), vec4u(p.columns - 1u));
    var sums = array<vec4f, 4>();
    for (var first = slice * p.depth; first < end; first += DEPTH) {
        var part0 = vec4f();  // sums of sums lose fewer digits
        var part1 = vec4f();
        var part2 = vec4f();
        var part3 = vec4f();
        for (var k = first; k < min(first + DEPTH, end); k++) {
            let b = vec4f(load_b(k, n.x, batch), load_b(k, n.y, batch), load_b(k, n.z, batch),
                          load_b(k, n.w, batch));
            part0 += load_a(m.x, k, batch) * b;
            part1 += load_a(m.y, k, batch) * b;
            part2 += load_a(m.z, k, batch) * b;
            part3 += load_a(m.w, k, batch) * b;
        }
        sums[0] += part0;
        sums[1] += part1;
        sums[2] += part2;
        sums[3] += part3;
    }
    for (var i = 0u; i < 4u; i++) {
        for (var j = 0u; j < 4u; j++) {
            if (row + i < p.rows && column + j < p.columns) {
                store(row + i, column + j, slice, batch, sums[i][j]);
            }
        }
    }
}
