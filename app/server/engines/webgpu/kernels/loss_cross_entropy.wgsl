// with: each
// with: now
// with: loss_params
// −log p of the right class, of logits, shifted by the largest.
@group(0) @binding(6) var<storage, read> targets: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let row = place(id, groups);
    if (row >= p.count) {
        return;
    }
    if (!counts(row)) {
        leave_out(row);
        return;
    }
    let start = row * p.size;
    var top = output[start];
    for (var k = 1u; k < p.size; k++) {
        top = max(top, output[start + k]);
    }
    var sum = 0.0;
    for (var k = 0u; k < p.size; k++) {
        sum += exp(output[start + k] - top);
    }
    for (var k = 0u; k < p.size; k++) {
        let right = select(0.0, 1.0, k == targets[row]);
        doutput[start + k] = (exp(output[start + k] - top) / sum - right) * now.share;
    }
    losses[row] = log(sum) + top - output[start + targets[row]];
}
