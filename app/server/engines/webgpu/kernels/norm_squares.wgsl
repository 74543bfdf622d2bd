// with: norm_params
// The sum of (g / largest)² over the gradients of each part.
@group(0) @binding(1) var<storage, read> gradients: array<f32>;
@group(0) @binding(2) var<storage, read> largest: array<u32>;
@group(0) @binding(3) var<storage, read_write> squares: array<f32>;

var<workgroup> sums: array<f32, 256>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
    var top = 0u;
    for (var k = 0u; k < p.parts; k++) {
        top = max(top, largest[k]);
    }
    var sum = 0.0;
    if (is_ordinary(top)) {
        for (var i = group.x * 256u + index; i < p.count; i += p.parts * 256u) {
            let scaled = gradients[i] / bitcast<f32>(top);
            sum += scaled * scaled;
        }
    }
    sums[index] = sum;
    for (var width = 128u; width > 0u; width /= 2u) {
        workgroupBarrier();
        if (index < width) {
            sums[index] += sums[index + width];
        }
    }
    if (index == 0u) {
        squares[group.x] = sums[0];
    }
}
