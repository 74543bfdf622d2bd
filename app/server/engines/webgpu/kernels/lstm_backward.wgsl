// with: each
// with: curves
// with: cell_backward_params
// dh and dc come from the step behind, and leave for the step before: dh without what passes through
// the product, which a product adds.
@group(0) @binding(1) var<storage, read> gates: array<f32>;
@group(0) @binding(2) var<storage, read> c: array<f32>;
@group(0) @binding(3) var<storage, read> dy: array<f32>;
@group(0) @binding(4) var<storage, read> exist: array<u32>;
@group(0) @binding(5) var<storage, read_write> dh: array<f32>;
@group(0) @binding(6) var<storage, read_write> dc: array<f32>;
@group(0) @binding(7) var<storage, read_write> dgates: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let index = place(id, groups);
    if (index >= p.count) {
        return;
    }
    let n = index / p.hidden;
    let unit = index % p.hidden;
    let at = (p.step_start + n) * 4u * p.hidden + unit;
    let i = gates[at];
    let f = gates[at + p.hidden];
    let g = gates[at + 2u * p.hidden];
    let o = gates[at + 3u * p.hidden];
    let before = c[(p.before + n) * p.hidden + unit];
    let shown = hyperbolic_tangent(c[(p.after + n) * p.hidden + unit]);
    var by_h = dh[index];
    if (p.is_shown == 1u) {
        by_h += dy[p.y_start + n * p.y_row + unit];
    }
    let by_c = dc[index] + by_h * o * (1.0 - shown * shown);
    dgates[at] = by_c * g * i * (1.0 - i);
    dgates[at + p.hidden] = by_c * before * f * (1.0 - f);
    dgates[at + 2u * p.hidden] = by_c * i * (1.0 - g * g);
    dgates[at + 3u * p.hidden] = by_h * shown * o * (1.0 - o);
    let is_absent = p.has_mask == 1u && exist[p.step_start + n] == 0u;
    dh[index] = select(0.0, by_h, is_absent && p.is_cut == 0u);
    dc[index] = select(by_c * f, 0.0, p.is_cut == 1u);
}
