// One step of a recurrent cell; see recurrent.py. step_start, before and after count rows (samples of
// steps): of the step within gates, and of the states before and after it within h and c.
struct Params {
    count: u32, hidden: u32, step_start: u32, before: u32, after: u32, has_mask: u32, relu: u32,
    has_product: u32, bias_start: u32, is_shown: u32, adds: u32, y_row: u32, y_start: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
