// with: each
// with: curves
// with: cell_params
// r, z = σ of the gates' sums;  n = tanh(W x + b + r · m) with m = W h_before + b_hn;
// h = (1 − z) · n + z · h_before. What the state of an LSTM is kept in, c, keeps m here.
@group(0) @binding(1) var<storage, read> product: array<f32>;
@group(0) @binding(2) var<storage, read> exist: array<u32>;
@group(0) @binding(3) var<storage, read> parameters: array<f32>;
@group(0) @binding(4) var<storage, read_write> gates: array<f32>;
@group(0) @binding(5) var<storage, read_write> h: array<f32>;
@group(0) @binding(6) var<storage, read_write> c: array<f32>;
@group(0) @binding(7) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let index = place(id, groups);
    if (index >= p.count) {
        return;
    }
    let sample = index / p.hidden;
    let unit = index % p.hidden;
    let at = (p.step_start + sample) * 3u * p.hidden + unit;
    let own = sample * 3u * p.hidden + unit;
    var products = vec3f();
    if (p.has_product == 1u) {
        products = vec3f(product[own], product[own + p.hidden], product[own + 2u * p.hidden]);
    }
    var r = sigmoid(gates[at] + products.x);
    var z = sigmoid(gates[at + p.hidden] + products.y);
    let m = products.z + parameters[p.bias_start + unit];
    var new_state = hyperbolic_tangent(gates[at + 2u * p.hidden] + r * m);
    let before = h[(p.before + sample) * p.hidden + unit];
    var state = new_state + z * (before - new_state);
    if (p.has_mask == 1u && exist[p.step_start + sample] == 0u) {
        // A step that is not there keeps all and adds nothing.
        r = 0.0;
        z = 1.0;
        new_state = 0.0;
        state = before;
    }
    gates[at] = r;
    gates[at + p.hidden] = z;
    gates[at + 2u * p.hidden] = new_state;
    let after = (p.after + sample) * p.hidden + unit;
    c[after] = m;
    h[after] = state;
    if (p.is_shown == 1u) {
        let shown = p.y_start + sample * p.y_row + unit;
        y[shown] = select(state, y[shown] + state, p.adds == 1u);
    }
}
