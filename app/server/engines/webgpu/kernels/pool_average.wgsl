// with: each
// with: pool_params
// The average of what each unit sees, of the picture or of its padding too.
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

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
    var sum = 0.0;
    for (var row = max(top, 0); row < min(top + i32(p.kernel_down), i32(p.height)); row++) {
        for (var column = max(left, 0); column < min(left + i32(p.kernel_across), i32(p.width));
             column++) {
            sum += x[start + u32(row) * p.width + u32(column)];
        }
    }
    y[i] = sum * share(unit / p.units_across, unit % p.units_across);
}
