// with: each
// with: pool_extreme_params
// The largest or smallest value that each unit sees, and the pixel that it lies at. Of equal ones the
// first in reading order wins; padding never does.
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<storage, read_write> winners: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = place(id, groups);
    if (i >= p.count) {
        return;
    }
    let unit = i % (p.units_down * p.units_across);
    let start = i / (p.units_down * p.units_across) * p.height * p.width;
    let top = i32(unit / p.units_across * p.stride_down) - i32(p.top);
    let left = i32(unit % p.units_across * p.stride_across) - i32(p.left);
    let first = vec2u(u32(max(top, 0)), u32(max(left, 0)));
    let end = vec2u(min(u32(top + i32(p.kernel_down)), p.height),
                    min(u32(left + i32(p.kernel_across)), p.width));
    let sign = select(1.0, -1.0, p.smallest == 1u);
    var winner = start + first.x * p.width + first.y;
    var best = sign * x[winner];
    for (var row = first.x; row < end.x; row++) {
        for (var column = first.y; column < end.y; column++) {
            let at = start + row * p.width + column;
            if (sign * x[at] > best) {
                best = sign * x[at];
                winner = at;
            }
        }
    }
    y[i] = sign * best;
    winners[i] = winner;
}
