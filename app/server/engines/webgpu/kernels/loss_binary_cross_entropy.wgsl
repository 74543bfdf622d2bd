// with: each
// with: now
// with: curves
// with: loss_params
// The mean of softplus(z) − target · z, of logits z.
@group(0) @binding(6) var<storage, read> targets: array<f32>;

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
    var sum = 0.0;
    for (var i = row * p.size; i < (row + 1u) * p.size; i++) {
        sum += softplus(output[i]) - targets[i] * output[i];
        doutput[i] = (sigmoid(output[i]) - targets[i]) * now.share / f32(p.size);
    }
    losses[row] = sum / f32(p.size);
}
