// with: each
// with: pool_params
// Each pixel gets the gradient of all units in which it won.
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read> winners: array<u32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = place(id, groups);
    if (i >= p.count) {
        return;
    }
    let pixel = i % (p.height * p.width);
    let start = i / (p.height * p.width) * p.units_down * p.units_across;
    let down = readers(pixel / p.width + p.top, p.kernel_down, p.stride_down, p.units_down);
    let across = readers(pixel % p.width + p.left, p.kernel_across, p.stride_across,
                         p.units_across);
    var sum = 0.0;
    for (var row = down.x; row < down.y; row++) {
        for (var column = across.x; column < across.y; column++) {
            let unit = start + row * p.units_across + column;
            if (winners[unit] == i) {
                sum += dy[unit];
            }
        }
    }
    dx[i] = sum;
}
