// with: now
// The step's loss: the sum of its rows' by now.share; no number once a parameter is not finite.
struct Params { rows: u32 }

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> now: Now;
@group(0) @binding(2) var<storage, read> losses: array<f32>;
@group(0) @binding(3) var<storage, read> broken: array<u32>;
@group(0) @binding(4) var<storage, read_write> means: array<u32>;  // the bits of float32

var<workgroup> parts: array<f32, 256>;

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) index: u32) {
    var sum = 0.0;
    for (var row = index; row < p.rows; row += 256u) {
        sum += losses[row];
    }
    parts[index] = sum;
    for (var width = 128u; width > 0u; width /= 2u) {
        workgroupBarrier();
        if (index < width) {
            parts[index] += parts[index + width];
        }
    }
    if (index == 0u) {
        let not_a_number = 0x7fc00000u;
        means[now.number] = select(bitcast<u32>(parts[0] * now.share), not_a_number,
                                   broken[0] != 0u);
    }
}
