// Parameters, and how an optimizer moves each; see optimizer.py.
@group(0) @binding(1) var<storage, read> now: Now;
@group(0) @binding(2) var<storage, read> gradients: array<f32>;
@group(0) @binding(3) var<storage, read_write> parameters: array<f32>;
@group(0) @binding(4) var<storage, read_write> broken: array<u32>;

fn move_by(i: u32, distance: f32) {
    let w = parameters[i] - distance;
    parameters[i] = w;
    if ((bitcast<u32>(w) & 0x7f800000u) == 0x7f800000u) {  // infinite, or no number
        broken[0] = 1u;
    }
}
