// The numbers of the three products of a convolution; see conv.py.
struct Params {
    rows: u32, columns: u32, inner: u32, slices: u32, depth: u32,
    channels: u32, height: u32, width: u32, units_down: u32, units_across: u32,
    kernel_down: u32, kernel_across: u32, stride_down: u32, stride_across: u32,
    dilation_down: u32, dilation_across: u32, top: u32, left: u32,
    outs: u32, groups: u32, flip: u32, weight_start: u32, bias_start: u32, has_bias: u32,
}

@group(0) @binding(0) var<uniform> p: Params;

// Of a number within the weights of a channel: its channel, and how far its tap lies from the first.
fn tap_of(k: u32) -> vec3i {
    let taps = p.kernel_down * p.kernel_across;
    let tap = select(k % taps, taps - 1u - k % taps, p.flip == 1u);
    return vec3i(
        i32(k / taps),
        i32(tap / p.kernel_across * p.dilation_down),
        i32(tap % p.kernel_across * p.dilation_across),
    );
}
