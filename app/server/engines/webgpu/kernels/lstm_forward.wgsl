// with: each
// with: curves
// with: cell_params
// i, f, o = σ, g = tanh of the gates' sums;  c = f · c_before + i · g,  h = o · tanh c.
@group(0) @binding(1) var<storage, read> product: array<f32>;
@group(0) @binding(2) var<storage, read> exist: array<u32>;
@group(0) @binding(3) var<storage, read_write> gates: array<f32>;
@group(0) @binding(4) var<storage, read_write> h: array<f32>;
@group(0) @binding(5) var<storage, read_write> c: array<f32>;
@group(0) @binding(6) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let index = place(id, groups);
    if (index >= p.count) {
        return;
    }
    let n = index / p.hidden;
    let unit = index % p.hidden;
    let at = (p.step_start + n) * 4u * p.hidden + unit;
    let own = n * 4u * p.hidden + unit;
    var sums: array<f32, 4>;
    for (var k = 0u; k < 4u; k++) {
        sums[k] = gates[at + k * p.hidden];
        if (p.has_product == 1u) {
            sums[k] += product[own + k * p.hidden];
        }
    }
    var i = sigmoid(sums[0]);
    var f = sigmoid(sums[1]);
    var g = hyperbolic_tangent(sums[2]);
    var o = sigmoid(sums[3]);
    let before = (p.before + n) * p.hidden + unit;
    let after = (p.after + n) * p.hidden + unit;
    var cell = f * c[before] + i * g;
    var state = o * hyperbolic_tangent(cell);
    if (p.has_mask == 1u && exist[p.step_start + n] == 0u) {
        // A step that is not there forgets nothing, writes and shows nothing.
        i = 0.0;
        f = 1.0;
        g = 0.0;
        o = 0.0;
        cell = c[before];
        state = h[before];
    }
    gates[at] = i;
    gates[at + p.hidden] = f;
    gates[at + 2u * p.hidden] = g;
    gates[at + 3u * p.hidden] = o;
    c[after] = cell;
    h[after] = state;
    if (p.is_shown == 1u) {
        let shown = p.y_start + n * p.y_row + unit;
        y[shown] = select(state, y[shown] + state, p.adds == 1u);
    }
}
