// with: each
// Take part (rows, width) out of the columns of whole (rows, row) from `start` on.
struct Params { count: u32, start: u32, width: u32, row: u32 }

@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> whole: array<f32>;
@group(0) @binding(2) var<storage, read_write> part: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
    let i = place(id, groups);
    if (i < p.count) {
        part[i] = whole[i / p.width * p.row + p.start + i % p.width];
    }
}
