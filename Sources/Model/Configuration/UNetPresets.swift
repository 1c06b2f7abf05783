extension UNetConfiguration {
    /// The presets' names, as flags spell them.
    public enum Preset: String, Sendable, CaseIterable {
        /// 8x8 images, for tests; 45,259 parameters.
        case tiny
        /// 32x32 images, for studies on a CPU; 1,806,275 parameters.
        case small
        /// The CIFAR-10 model of [Ho20]; 35,746,307 parameters.
        case ddpmCIFAR10 = "ddpm-cifar10"
    }

    /// The configuration of that name.
    package init(preset: Preset) {
        switch preset {
        case .tiny: self = .tiny
        case .small: self = .small
        case .ddpmCIFAR10: self = .ddpmCIFAR10
        }
    }

    /// Two levels on 8x8 images, for tests: every kind of layer in milliseconds. 45,259 parameters.
    package static let tiny = UNetConfiguration(
        sampleSize: [8, 8], inChannels: 3, outChannels: 3, freqShift: 0, flipSinToCos: true,
        downBlockTypes: [.down, .attentionDown], upBlockTypes: [.attentionUp, .up],
        blockOutChannels: [8, 16], layersPerBlock: 1, downsamplePadding: 1, dropout: 0,
        attentionHeadDim: 8, normNumGroups: 4, attnNormNumGroups: nil, normEps: 1e-5,
        timeEmbeddingDim: nil, addAttention: true)

    /// Three levels on 32x32 images with attention at 8x8, for studies on a CPU. 1,806,275 parameters.
    package static let small = UNetConfiguration(
        sampleSize: [32, 32], inChannels: 3, outChannels: 3, freqShift: 0, flipSinToCos: true,
        downBlockTypes: [.down, .down, .attentionDown], upBlockTypes: [.attentionUp, .up, .up],
        blockOutChannels: [32, 64, 96], layersPerBlock: 1, downsamplePadding: 1, dropout: 0,
        attentionHeadDim: nil, normNumGroups: 8, attnNormNumGroups: nil, normEps: 1e-5,
        timeEmbeddingDim: nil, addAttention: true)

    /// The CIFAR-10 model of [Ho20], as published for diffusers. 35,746,307 parameters.
    package static let ddpmCIFAR10 = UNetConfiguration(
        sampleSize: [32, 32], inChannels: 3, outChannels: 3, freqShift: 1, flipSinToCos: false,
        downBlockTypes: [.down, .attentionDown, .down, .down], upBlockTypes: [.up, .up, .attentionUp, .up],
        blockOutChannels: [128, 256, 256, 256], layersPerBlock: 2, downsamplePadding: 0, dropout: 0,
        attentionHeadDim: nil, normNumGroups: 32, attnNormNumGroups: nil, normEps: 1e-6,
        timeEmbeddingDim: nil, addAttention: true)
}
