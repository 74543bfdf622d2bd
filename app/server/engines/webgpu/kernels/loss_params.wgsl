// The loss of each row of outputs (rows, size), and its gradient, where now.share is one over the
// number of rows that count; see loss.py.
struct Params { count: u32, size: u32, has_counted: u32 }

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> now: Now;
@group(0) @binding(2) var<storage, read> output: array<f32>;
@group(0) @binding(3) var<storage, read> counted: array<u32>;
@group(0) @binding(4) var<storage, read_write> losses: array<f32>;
@group(0) @binding(5) var<storage, read_write> doutput: array<f32>;

fn counts(row: u32) -> bool {
    return p.has_counted == 0u || counted[row] == 1u;
}

fn leave_out(row: u32) {
    losses[row] = 0.0;
    for (var k = 0u; k < p.size; k++) {
        doutput[row * p.size + k] = 0.0;
    }
}
