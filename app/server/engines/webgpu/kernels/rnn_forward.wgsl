// with: each
// with: curves
// with: cell_params
// h = φ(W x + b + W h_before), φ = tanh or ReLU.
@group(0) @binding(1) var<storage, read> product: array<f32>;
@group(0) @binding(2) var<storage, read> exist: array<u32>;
@group(0) @binding(3) var<storage, read_write> gates: array<f32>;
@group(0) @binding(4) var<storage, read_write> h: array<f32>;
@group(0) @binding(5) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let index = place(id, groups);
    if (index >= p.count) {
        return;
    }
    let n = index / p.hidden;
    let unit = index % p.hidden;
    let at = p.step_start * p.hidden + index;
    var sum = gates[at];
    if (p.has_product == 1u) {
        sum += product[index];
    }
    var state = select(hyperbolic_tangent(sum), max(sum, 0.0), p.relu == 1u);
    gates[at] = state;
    if (p.has_mask == 1u && exist[p.step_start + n] == 0u) {
        state = h[(p.before + n) * p.hidden + unit];
    }
    h[(p.after + n) * p.hidden + unit] = state;
    if (p.is_shown == 1u) {
        let shown = p.y_start + n * p.y_row + unit;
        y[shown] = select(state, y[shown] + state, p.adds == 1u);
    }
}
