// with: now
// with: norm_params
// What all gradients are multiplied by, so that their norm is at most now.clip_norm. Those that are
// not finite stay as they are, for whoever looks for the cause.
@group(0) @binding(1) var<storage, read> now: Now;
@group(0) @binding(2) var<storage, read> largest: array<u32>;
@group(0) @binding(3) var<storage, read> squares: array<f32>;
@group(0) @binding(4) var<storage, read_write> factor: array<f32>;

@compute @workgroup_size(1)
fn main() {
    var top = 0u;
    var sum = 0.0;
    for (var k = 0u; k < p.parts; k++) {
        top = max(top, largest[k]);
        sum += squares[k];
    }
    factor[0] = 1.0;
    if (is_ordinary(top)) {
        let norm = bitcast<f32>(top) * sqrt(sum);
        factor[0] = select(1.0, now.clip_norm / norm, norm > now.clip_norm);
    }
}
