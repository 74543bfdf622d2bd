// with: norm_params
// The largest size of the gradients of each part, as bits.
@group(0) @binding(1) var<storage, read> gradients: array<f32>;
@group(0) @binding(2) var<storage, read_write> largest: array<u32>;

var<workgroup> found: array<u32, 256>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
    var top = 0u;
    for (var i = group.x * 256u + index; i < p.count; i += p.parts * 256u) {
        top = max(top, size_of(gradients[i]));
    }
    found[index] = top;
    for (var width = 128u; width > 0u; width /= 2u) {
        workgroupBarrier();
        if (index < width) {
            found[index] = max(found[index], found[index + width]);
        }
    }
    if (index == 0u) {
        largest[group.x] = found[0];
    }
}
