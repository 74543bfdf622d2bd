// Pictures, and which of their pixels a tap of a unit reads; see conv.py. A kernel that uses this has
// these fields in its Params.
fn pixel_down(unit: u32, tap: u32) -> i32 {
    return i32(unit * p.stride_down + tap * p.dilation_down) - i32(p.top);
}

fn pixel_across(unit: u32, tap: u32) -> i32 {
    return i32(unit * p.stride_across + tap * p.dilation_across) - i32(p.left);
}

fn is_within(row: i32, column: i32) -> bool {
    return row >= 0 && row < i32(p.height) && column >= 0 && column < i32(p.width);
}
