/// The look of a set of synthetic signs: the same classes under other light and weather.
package enum SignStyle: String, CaseIterable, Sendable {
    /// Daylight, clear colours, little blur.
    case day
    /// Headlights on the sign, dark surroundings, lamps out of focus.
    case night
    /// Fog and rain: grey, soft, pale colours.
    case rain

    /// Multiplies everything painted on the plate.
    var light: ClosedRange<Float> {
        switch self {
        case .day: 0.8...1.06
        case .night: 0.7...1.0
        case .rain: 0.66...0.86
        }
    }

    /// Standard deviation of the blur, in pixels of a 32-pixel image.
    var blur: ClosedRange<Float> {
        switch self {
        case .day: 0...0.4
        case .night: 0.1...0.6
        case .rain: 0.3...0.8
        }
    }

    /// Standard deviation of the sensor noise.
    var noise: ClosedRange<Float> {
        switch self {
        case .day: 0...0.012
        case .night: 0.01...0.03
        case .rain: 0.004...0.015
        }
    }

    /// Share of fog over the whole picture.
    var fog: ClosedRange<Float> {
        switch self {
        case .day, .night: 0...0
        case .rain: 0.2...0.48
        }
    }

    /// The paints in the order of `SignDesign.Paint`.
    var palette: [Color] {
        switch self {
        case .day, .rain: [0xF4F4F0, 0x16181C, 0xD0121F, 0x0F58B8, 0xFFC60A, 0x12934B, 0x8A8E92].map(color)
        case .night: [0xFFF3D6, 0x0B0B10, 0xC5161C, 0x1238A0, 0xFFB31A, 0x1FA860, 0x6E6A66].map(color)
        }
    }
}
