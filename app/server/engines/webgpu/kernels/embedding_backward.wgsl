// with: each
// Each row of the table gets the sum of dy over all places of its token, always in the same order.
struct Params { count: u32, size: u32, start: u32, places: u32 }

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> tokens: array<u32>;
@group(0) @binding(2) var<storage, read> dy: array<f32>;
@group(0) @binding(3) var<storage, read_write> gradients: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = place(id, groups);
    if (i >= p.count) {
        return;
    }
    let token = i / p.size;
    var sum = 0.0;
    for (var k = 0u; k < p.places; k++) {
        if (tokens[k] == token) {
            sum += dy[k * p.size + i % p.size];
        }
    }
    gradients[p.start + i] = sum;
}
