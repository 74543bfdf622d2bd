// y = the sum of each column of x (rows, columns). A workgroup has 16 columns, and 16 invocations
// for each, which share the rows.
struct Params { rows: u32, columns: u32, x_start: u32, x_row: u32, y_start: u32 }

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

var<workgroup> parts: array<f32, 256>;

@compute @workgroup_size(16, 16)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(local_invocation_id) lane: vec3u,
    @builtin(local_invocation_index) index: u32,
) {
    let column = group.x * 16u + lane.x;
    var sum = 0.0;
    if (column < p.columns) {
        for (var row = lane.y; row < p.rows; row += 16u) {
            sum += x[p.x_start + row * p.x_row + column];
        }
    }
    parts[index] = sum;
    workgroupBarrier();
    if (lane.y == 0u && column < p.columns) {
        var total = 0.0;
        for (var k = 0u; k < 16u; k++) {
            total += parts[k * 16u + lane.x];
        }
        y[p.y_start + column] = total;
    }
}
