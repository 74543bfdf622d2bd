// with: each
// with: cell_backward_params
// dgates: by the sums with the inputs of r, z and n; dproduct: by those with the state, r, z and m.
// dh comes from the step behind, and leaves for the step before without what passes through the
// product, which a product adds.
@group(0) @binding(1) var<storage, read> gates: array<f32>;
@group(0) @binding(2) var<storage, read> h: array<f32>;
@group(0) @binding(3) var<storage, read> c: array<f32>;
@group(0) @binding(4) var<storage, read> dy: array<f32>;
@group(0) @binding(5) var<storage, read_write> dh: array<f32>;
@group(0) @binding(6) var<storage, read_write> dgates: array<f32>;
@group(0) @binding(7) var<storage, read_write> dproduct: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let index = place(id, groups);
    if (index >= p.count) {
        return;
    }
    let sample = index / p.hidden;
    let unit = index % p.hidden;
    let at = (p.step_start + sample) * 3u * p.hidden + unit;
    let r = gates[at];
    let z = gates[at + p.hidden];
    let n = gates[at + 2u * p.hidden];
    let before = h[(p.before + sample) * p.hidden + unit];
    let m = c[(p.after + sample) * p.hidden + unit];
    var by_h = dh[index];
    if (p.is_shown == 1u) {
        by_h += dy[p.y_start + sample * p.y_row + unit];
    }
    let by_n = by_h * (1.0 - z) * (1.0 - n * n);
    let by_r = by_n * m * r * (1.0 - r);
    let by_z = by_h * (before - n) * z * (1.0 - z);
    dgates[at] = by_r;
    dgates[at + p.hidden] = by_z;
    dgates[at + 2u * p.hidden] = by_n;
    dproduct[at] = by_r;
    dproduct[at + p.hidden] = by_z;
    dproduct[at + 2u * p.hidden] = by_n * r;
    dh[index] = select(by_h * z, 0.0, p.is_cut == 1u);
}
