/// What a random number is for. Streams never share numbers: the stream is part of the key.
///
/// The raw values are part of the update frame's specification (`rounding`, `dither`) and of resumable runs: add, never renumber.
package enum RandomStream: UInt32, Sendable, CaseIterable {
    case rounding = 1
    case dither = 2
    case downlink = 3
    case diffusionNoise = 4
    case timestep = 5
    case selection = 6
    case fading = 7
    case initialization = 8
    case batchOrder = 9
    case dropout = 10
    case partition = 11
    case syntheticImage = 12
    case sampling = 13
    case deviceProfile = 14
    case augmentation = 15
    case demand = 16
    case shadowing = 17
    case evaluation = 18
    case labelDropout = 19
}
