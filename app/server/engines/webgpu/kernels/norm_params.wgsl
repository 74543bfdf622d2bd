// The norm of all gradients, in parts, one of each workgroup; see optimizer.py. The bits of numbers
// that are not negative are in the order of the numbers, and those that are not finite come last.
struct Params { count: u32, parts: u32 }

@group(0) @binding(0) var<uniform> p: Params;

fn size_of(g: f32) -> u32 {
    return bitcast<u32>(g) & 0x7fffffffu;
}

// Whether a gradient of this size can be divided by.
fn is_ordinary(size: u32) -> bool {
    return size != 0u && size < 0x7f800000u;
}
