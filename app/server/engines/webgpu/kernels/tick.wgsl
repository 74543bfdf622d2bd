// with: now
// The step at hand takes its entry of the list of all steps.
@group(0) @binding(0) var<storage, read> schedule: array<Now>;
@group(0) @binding(1) var<storage, read_write> clock: array<u32>;
@group(0) @binding(2) var<storage, read_write> now: Now;

@compute @workgroup_size(1)
fn main() {
    now = schedule[clock[0]];
    clock[0] += 1u;
}
