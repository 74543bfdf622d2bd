// What tile.wgsl does, without memory that a workgroup shares: each invocation reads by itself what
// its 4 × 4 numbers are made of.
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
    var sum0 = vec4f();
    var sum1 = vec4f();
    var sum2 = vec4f();
    var sum3 = vec4f();
    for (var k = slice * p.depth; k < end; k++) {
        let b = vec4f(load_b(k, n.x, batch), load_b(k, n.y, batch), load_b(k, n.z, batch),
                      load_b(k, n.w, batch));
        sum0 += load_a(m.x, k, batch) * b;
        sum1 += load_a(m.y, k, batch) * b;
        sum2 += load_a(m.z, k, batch) * b;
        sum3 += load_a(m.w, k, batch) * b;
    }
    let sums = array<vec4f, 4>(sum0, sum1, sum2, sum3);
    for (var i = 0u; i < 4u; i++) {
        for (var j = 0u; j < 4u; j++) {
            if (row + i < p.rows && column + j < p.columns) {
                store(row + i, column + j, slice, batch, sums[i][j]);
            }
        }
    }
}
