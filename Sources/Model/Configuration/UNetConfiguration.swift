/// Everything that fixes the U-Net's shape: the supported part of the configuration of diffusers' `UNet2DModel`.
///
/// Field by field the JSON names of `config.json`; what is not here has one supported value, and other values are refused by name.
public struct UNetConfiguration: Sendable, Equatable {
    /// Height and width of the images in pixels.
    package var sampleSize: [Int]
    package var inChannels: Int
    package var outChannels: Int
    /// Subtracted from the number of frequencies in the exponent's denominator of the timestep embedding.
    package var freqShift: Double
    /// Whether the timestep embedding is (cos, sin) instead of (sin, cos).
    package var flipSinToCos: Bool
    /// From the highest to the lowest resolution.
    package var downBlockTypes: [DownBlockType]
    /// From the lowest to the highest resolution.
    package var upBlockTypes: [UpBlockType]
    /// Channels at each resolution, from the highest.
    package var blockOutChannels: [Int]
    /// ResNet blocks in a down block; an up block has one more.
    package var layersPerBlock: Int
    /// 0 pads right and bottom by one, 1 pads all sides.
    package var downsamplePadding: Int
    /// Probability of dropping an activation before a ResNet block's second convolution.
    package var dropout: Double
    /// Channels of one attention head; nil makes one head of all channels.
    package var attentionHeadDim: Int?
    package var normNumGroups: Int
    /// Groups of the middle block's attention normalisation; nil takes `normNumGroups`.
    package var attnNormNumGroups: Int?
    package var normEps: Double
    /// Width of the timestep embedding; nil takes four times the first channel count.
    package var timeEmbeddingDim: Int?
    /// Whether the middle block has attention.
    package var addAttention: Bool
    /// Labels that a conditional model knows; nil for an unconditional one. Models trained here have one more than classes: the last is
    /// "no class".
    package var numClassEmbeds: Int? = nil

    package enum DownBlockType: String, Sendable, CaseIterable {
        case down = "DownBlock2D"
        case attentionDown = "AttnDownBlock2D"
    }

    package enum UpBlockType: String, Sendable, CaseIterable {
        case up = "UpBlock2D"
        case attentionUp = "AttnUpBlock2D"
    }

    /// Width of the timestep embedding.
    package var timeEmbeddingWidth: Int { timeEmbeddingDim ?? 4 * blockOutChannels[0] }

    /// Attention heads for that many channels.
    package func heads(channels: Int) -> Int { channels / (attentionHeadDim ?? channels) }

    /// Checks that the parts fit together; `path` is the file that the message names.
    package func validate(path: String = "configuration") throws(CheckpointError) {
        func refuse(_ field: String, _ value: Any, _ supported: String) -> CheckpointError {
            .unsupportedField(path: path, field: field, value: "\(value)", supported: supported)
        }
        let levels = blockOutChannels.count
        guard (1...8).contains(levels) else { throw refuse("block_out_channels", blockOutChannels, "1 to 8 levels") }
        guard downBlockTypes.count == levels else {
            throw refuse("down_block_types", downBlockTypes.map(\.rawValue), "\(levels) names, one a level of block_out_channels")
        }
        guard upBlockTypes.count == levels else {
            throw refuse("up_block_types", upBlockTypes.map(\.rawValue), "\(levels) names, one a level of block_out_channels")
        }
        guard outChannels == inChannels else {
            throw refuse("out_channels", outChannels, "as many as in_channels, \(inChannels): the noise of the images")
        }
        let multiple = 1 << (levels - 1)
        guard sampleSize.count == 2, sampleSize.allSatisfy({ $0 > 0 && $0 % multiple == 0 }) else {
            throw refuse(
                "sample_size", sampleSize,
                "height and width that are multiples of \(multiple): each of the \(levels) down blocks but the last halves both")
        }
        guard normNumGroups > 0, blockOutChannels.allSatisfy({ $0 > 0 && $0 % normNumGroups == 0 }) else {
            throw refuse("norm_num_groups", normNumGroups, "a divisor of every block_out_channels \(blockOutChannels)")
        }
        if let groups = attnNormNumGroups {
            guard groups > 0, blockOutChannels[levels - 1] % groups == 0 else {
                throw refuse("attn_norm_num_groups", groups, "a divisor of \(blockOutChannels[levels - 1]) channels")
            }
        }
        guard blockOutChannels[0] % 2 == 0, Double(blockOutChannels[0] / 2) > freqShift else {
            throw refuse("block_out_channels", blockOutChannels, "an even first entry above twice freq_shift \(freqShift)")
        }
        if let headDim = attentionHeadDim {
            guard headDim > 0, attentionChannels.allSatisfy({ $0 % headDim == 0 }) else {
                throw refuse("attention_head_dim", headDim, "a divisor of the attention channels \(attentionChannels)")
            }
        }
    }

    /// Channel counts at which there is attention.
    private var attentionChannels: [Int] {
        var channels = zip(downBlockTypes, blockOutChannels).filter { $0.0 == .attentionDown }.map(\.1)
        channels += zip(upBlockTypes, blockOutChannels.reversed()).filter { $0.0 == .attentionUp }.map(\.1)
        return addAttention ? channels + blockOutChannels.suffix(1) : channels
    }
}
