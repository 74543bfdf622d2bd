// The numbers of the three products of a convolution; see conv.py.
struct Params {
    rows: u32, columns: u32, inner: u32, slices: u32, depth: u32,
    channels: u32, height: u32, width: u32, units_down: u32, units_across: u32,
    kernel_down: u32, kernel_across: u32, stride_down: u32, stride_across: u32,
    dilation_down: u32, dilation_across: u32, top: u32, left: u32,
    outs: u32, groups: u32, flip: u32, weight_start: u32, bias_start: u32, has_bias: u32,
}

@group(0) @binding(0) var<uniform> p: Params;

// The tap of a kernel that is at a place of the window.
fn tap_at(place: u32) -> u32 {
    return select(place, p.kernel_down * p.kernel_across - 1u - place, p.flip == 1u);
}
