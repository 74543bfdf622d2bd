// What the step at hand is told, which tick.wgsl takes from the list of all steps. Its fields are
// those of schedule.py.
struct Now {
    number: u32, first: u32, seed: u32, share: f32,
    rate: f32, correction: f32, l1: f32, l2: f32,
    clip_value: f32, clip_norm: f32, momentum: f32, spare: u32,
}
