// Feature maps (samples, channels, pixels), of which each channel has numbers of its own.
struct Params {
    count: u32, channels: u32, samples: u32, pixels: u32, weight_start: u32, bias_start: u32,
}

@group(0) @binding(0) var<uniform> p: Params;
