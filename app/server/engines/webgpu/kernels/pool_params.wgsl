// The numbers of a pool, over pictures (N, C, H, W) whose first two axes are one here; see pool.py.
struct Params {
    count: u32, height: u32, width: u32, units_down: u32, units_across: u32,
    kernel_down: u32, kernel_across: u32, stride_down: u32, stride_across: u32,
    top: u32, left: u32, bottom: u32, right: u32, with_padding: u32,
}

@group(0) @binding(0) var<uniform> p: Params;

// The first unit along an axis that reads a pixel, `padded` from the start of the padding, and the
// first that no longer does.
fn readers(padded: u32, kernel: u32, stride: u32, units: u32) -> vec2u {
    let first = select(0u, (padded - kernel) / stride + 1u, padded >= kernel);
    return vec2u(first, min(units, padded / stride + 1u));
}

// The taps of a unit along an axis that count for its average.
fn counted(unit: u32, kernel: u32, stride: u32, before: u32, size: u32, after: u32) -> f32 {
    let first = i32(unit * stride) - i32(before);
    let low = select(0, -i32(before), p.with_padding == 1u);
    let high = i32(size) + select(0, i32(after), p.with_padding == 1u);
    return f32(min(first + i32(kernel), high) - max(first, low));
}

fn share(down: u32, across: u32) -> f32 {
    return 1.0 / (counted(down, p.kernel_down, p.stride_down, p.top, p.height, p.bottom)
        * counted(across, p.kernel_across, p.stride_across, p.left, p.width, p.right));
}
