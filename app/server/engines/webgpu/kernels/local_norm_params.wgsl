// The numbers of local response normalisation over feature maps (N, channels, pixels).
struct Params {
    count: u32, channels: u32, pixels: u32, size: u32, alpha: f32, beta: f32, k: f32,
}

@group(0) @binding(0) var<uniform> p: Params;

// The channels from `before` ahead of one on, `size` in all, as far as they exist: first and end.
fn neighbours(channel: u32, before: u32) -> vec2u {
    let end = min(channel + p.size - before, p.channels);
    return vec2u(select(0u, channel - before, channel >= before), end);
}
