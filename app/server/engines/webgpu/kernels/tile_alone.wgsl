// What tile.wgsl does, without memory that a workgroup shares: each invocation reads by itself what
// its 4 × 4 numbers are made of.
const WIDTH = 4u * LANES;
const DEPTH = 16u;

@compute @workgroup_size(LANES, LANES)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_id) lane: vec3u,
) {
    let tiles_down = (p.rows + WIDTH - 1u) / WIDTH;
    let number = group.x + group.y * groups.x;
    let row = number % tiles_down * WIDTH + lane.y * 4u;
    let column = number / tiles_down * WIDTH + lane.x * 4u;
    if (row >= p.rows || column >= p.columns) {
        return;
    }
    let slice = group.z % p.slices;
    let batch = group.z / p.slices;
    let end = min(p.inner, (slice + 1u) * p.depth);
    // Beyond the edge the last row and column are read again, and not stored.
    let m0 = a_place(row, batch);
    let m1 = a_place(min(row + 1u, p.rows - 1u), batch);
    let m2 = a_place(min(row + 2u, p.rows - 1u), batch);
    let m3 = a_place(min(row + 3u, p.rows - 1u), batch);
    let n0 = b_place(column, batch);
    let n1 = b_place(min(column + 1u, p.columns - 1u), batch);
    let n2 = b_place(min(column + 2u, p.columns - 1u), batch);
    let n3 = b_place(min(column + 3u, p.columns - 1u), batch);
    var sums = array<vec4f, 4>();
    for (var first = slice * p.depth; first < end; first += DEPTH) {
        var part0 = vec4f();  // sums of sums lose fewer digits
        var part1 = vec4f();
        var part2 = vec4f();
        var part3 = vec4f();
        for (var k = first; k < min(first + DEPTH, end); k++) {
            let at = b_term(k, batch);
            let b = vec4f(load_b(n0, at), load_b(n1, at), load_b(n2, at), load_b(n3, at));
            let term = a_term(k, batch);
            part0 += load_a(m0, term) * b;
            part1 += load_a(m1, term) * b;
            part2 += load_a(m2, term) * b;
            part3 += load_a(m3, term) * b;
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
