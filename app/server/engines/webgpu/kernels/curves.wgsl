// The activations and their derivatives, exact to single precision: what WGSL has built in may be
// off by 1e-5. Numbers of the kinds are the order of core.functional.activations.
const SERIES = 0.25;  // below this, series lose fewer digits than exponentials

fn sigmoid(z: f32) -> f32 {
    let e = exp(-abs(z));
    return select(e, 1.0, z >= 0.0) / (1.0 + e);
}

fn hyperbolic_tangent(z: f32) -> f32 {
    let square = z * z;
    if (abs(z) < SERIES) {
        return z * (1.0 + square * (-1.0 / 3.0 + square * (2.0 / 15.0 + square * (-17.0 / 315.0
            + square * (62.0 / 2835.0 - square * (1382.0 / 155925.0))))));
    }
    let e = exp(-2.0 * abs(z));
    return sign(z) * (1.0 - e) / (1.0 + e);
}

// e^z − 1, for z from −infinity to 0.
fn exponential_less_one(z: f32) -> f32 {
    if (z > -SERIES) {
        return z * (1.0 + z / 2.0 * (1.0 + z / 3.0 * (1.0 + z / 4.0 * (1.0 + z / 5.0
            * (1.0 + z / 6.0 * (1.0 + z / 7.0))))));
    }
    return exp(z) - 1.0;
}

// log(1 + e), for e from 0 to 1.
fn logarithm_of_one_and(e: f32) -> f32 {
    if (e < SERIES) {
        let s = e / (2.0 + e);  // 2 artanh s
        let square = s * s;
        return 2.0 * s * (1.0 + square * (1.0 / 3.0 + square * (0.2 + square / 7.0)));
    }
    return log(1.0 + e);
}

fn softplus(z: f32) -> f32 {
    return max(z, 0.0) + logarithm_of_one_and(exp(-abs(z)));
}

// The error function: its series near 0, else 1 − t e^(−z² + polynomial in t) with t = 1 / (1 + z / 2)
// (Press et al., Numerical Recipes in C, 1992, section 6.2).
fn error_function(z: f32) -> f32 {
    let square = z * z;
    let size = abs(z);
    if (size < 1.0) {
        var term = z;
        var sum = z;
        for (var k = 1u; k < 11u; k++) {
            term *= -square / f32(k);
            sum += term / f32(2u * k + 1u);
        }
        return 1.1283791671 * sum;
    }
    let t = 1.0 / (1.0 + 0.5 * size);
    let polynomial = -1.26551223 + t * (1.00002368 + t * (0.37409196 + t * (0.09678418
        + t * (-0.18628806 + t * (0.27886807 + t * (-1.13520398 + t * (1.48851587
        + t * (-0.82215223 + t * 0.17087277))))))));
    return sign(z) * (1.0 - t * exp(-square + polynomial));
}

fn curve(kind: u32, z: f32) -> f32 {
    switch kind {
        case 1u: { return sigmoid(z); }
        case 2u: { return hyperbolic_tangent(z); }
        case 3u: { return select(0.0, z, z > 0.0); }
        case 4u: { return select(0.01 * z, z, z > 0.0); }
        case 5u: { return select(exponential_less_one(min(z, 0.0)), z, z > 0.0); }
        case 6u: { return 0.5 * z * (1.0 + error_function(z * 0.7071067812)); }
        case 7u: { return softplus(z); }
        case 8u: { return select(0.0, 1.0, z >= 0.0); }
        default: { return z; }
    }
}

fn slope(kind: u32, z: f32) -> f32 {
    let e = exp(-abs(z));
    switch kind {
        case 1u: { return e / ((1.0 + e) * (1.0 + e)); }
        case 2u: {
            let squared = e * e;
            return 4.0 * squared / ((1.0 + squared) * (1.0 + squared));
        }
        case 3u: { return select(0.0, 1.0, z > 0.0); }
        case 4u: { return select(0.01, 1.0, z > 0.0); }
        case 5u: { return select(exp(min(z, 0.0)), 1.0, z > 0.0); }
        case 6u: {
            let density = 0.3989422804 * exp(-0.5 * z * z);
            return 0.5 * (1.0 + error_function(z * 0.7071067812)) + z * density;
        }
        case 7u: { return sigmoid(z); }
        case 8u: { return 0.0; }
        default: { return 1.0; }
    }
}
