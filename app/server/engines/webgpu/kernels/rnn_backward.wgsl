// with: each
// with: cell_backward_params
// dgates = dh · φ′. dh comes from the step behind, and leaves for the step before without what passes
// through the product, which a product adds.
@group(0) @binding(1) var<storage, read> gates: array<f32>;
@group(0) @binding(2) var<storage, read> dy: array<f32>;
@group(0) @binding(3) var<storage, read> exist: array<u32>;
@group(0) @binding(4) var<storage, read_write> dh: array<f32>;
@group(0) @binding(5) var<storage, read_write> dgates: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let index = place(id, groups);
    if (index >= p.count) {
        return;
    }
    let n = index / p.hidden;
    let at = p.step_start * p.hidden + index;
    var by_h = dh[index];
    if (p.is_shown == 1u) {
        by_h += dy[p.y_start + n * p.y_row + index % p.hidden];
    }
    let state = gates[at];
    let slope = select(1.0 - state * state, select(0.0, 1.0, state > 0.0), p.relu == 1u);
    let is_absent = p.has_mask == 1u && exist[p.step_start + n] == 0u;
    dgates[at] = select(by_h * slope, 0.0, is_absent);
    dh[index] = select(0.0, by_h, is_absent && p.is_cut == 0u);
}
