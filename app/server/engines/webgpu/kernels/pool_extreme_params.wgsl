// The numbers of a pool that looks for the largest or the smallest value; see pool.py.
struct Params {
    count: u32, height: u32, width: u32, units_down: u32, units_across: u32,
    kernel_down: u32, kernel_across: u32, stride_down: u32, stride_across: u32,
    top: u32, left: u32, smallest: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
