import Storage

extension UNetConfiguration {
    /// The configuration in the text of a `config.json`; absent fields take diffusers' defaults.
    ///
    /// - Parameters:
    ///   - path: the file's name, for messages.
    ///   - note: called with what was passed over.
    package init(
        parsing bytes: [UInt8], path: String, note: (String) -> Void = { _ in }
    ) throws(CheckpointError) {
        var fields = try ConfigurationFields(parsing: bytes, path: path)
        try Self.requireSupported(&fields)
        let size = try fields.integers("sample_size", default: nil, in: 1...4096)
        self.init(
            sampleSize: size.count == 1 ? [size[0], size[0]] : size,
            inChannels: try fields.integer("in_channels", default: 3, in: 1...1024),
            outChannels: try fields.integer("out_channels", default: 3, in: 1...1024),
            freqShift: try fields.number("freq_shift", default: 0, in: 0...1024),
            flipSinToCos: try fields.boolean("flip_sin_to_cos", default: true),
            downBlockTypes: try fields.choices(
                "down_block_types", default: [.down, .attentionDown, .attentionDown, .attentionDown]),
            upBlockTypes: try fields.choices(
                "up_block_types", default: [.attentionUp, .attentionUp, .attentionUp, .up]),
            blockOutChannels: try fields.integers("block_out_channels", default: [224, 448, 672, 896], in: 1...8192),
            layersPerBlock: try fields.integer("layers_per_block", default: 2, in: 1...16),
            downsamplePadding: try fields.integer("downsample_padding", default: 1, in: 0...1),
            dropout: try fields.number("dropout", default: 0, in: 0...0.999),
            attentionHeadDim: try fields.optionalInteger("attention_head_dim", default: 8, in: 1...8192),
            normNumGroups: try fields.integer("norm_num_groups", default: 32, in: 1...8192),
            attnNormNumGroups: try fields.optionalInteger("attn_norm_num_groups", default: nil, in: 1...8192),
            normEps: try fields.number("norm_eps", default: 1e-5, in: 1e-12...1),
            timeEmbeddingDim: try fields.optionalInteger("time_embedding_dim", default: nil, in: 1...65536),
            addAttention: try fields.boolean("add_attention", default: true),
            numClassEmbeds: try fields.optionalInteger("num_class_embeds", default: nil, in: 1...1_000_000))
        if fields.has("num_train_timesteps", .null) { fields.ignore("num_train_timesteps") }
        try fields.finish(harmless: Self.harmlessFields, effective: Self.effectiveFields, note: note)
        try validate(path: path)
    }

    /// What diffusers' `EMAModel` writes of itself into the configuration of its model; and a field that only learned timestep embeddings
    /// use, which are refused.
    private static let harmlessFields: Set = [
        "decay", "min_decay", "optimization_step", "update_after_step", "use_ema_warmup", "inv_gamma", "power",
        "num_train_timesteps",
    ]

    /// Fields of diffusers' other U-Nets.
    private static let effectiveFields: Set = [
        "only_cross_attention", "cross_attention_dim", "transformer_layers_per_block", "reverse_transformer_layers_per_block",
        "encoder_hid_dim", "encoder_hid_dim_type", "num_attention_heads", "dual_cross_attention", "use_linear_projection",
        "addition_embed_type", "addition_time_embed_dim", "upcast_attention", "resnet_skip_time_act", "resnet_out_scale_factor",
        "time_embedding_act_fn", "timestep_post_act", "time_cond_proj_dim", "conv_in_kernel", "conv_out_kernel",
        "projection_class_embeddings_input_dim", "attention_type", "class_embeddings_concat", "mid_block_only_cross_attention",
        "cross_attention_norm", "addition_embed_type_num_heads",
    ]

    /// Fields with one supported value.
    private static func requireSupported(_ fields: inout ConfigurationFields) throws(CheckpointError) {
        try fields.require("_class_name", .string("UNet2DModel"))
        try fields.require("act_fn", .string("silu"), .string("swish"))
        try fields.require("center_input_sample", .boolean(false))
        try fields.require("time_embedding_type", .string("positional"))
        try fields.require("mid_block_type", .string("UNetMidBlock2D"))
        try fields.require("mid_block_scale_factor", .integer(1))
        try fields.require("downsample_type", .string("conv"))
        try fields.require("upsample_type", .string("conv"))
        try fields.require("resnet_time_scale_shift", .string("default"))
        try fields.require("class_embed_type", .null)
    }

    /// The text of `config.json`.
    package var json: String {
        func optional(_ value: Int?) -> JSONValue { value.map(JSONValue.integer) ?? .null }
        return JSONValue.object([
            "_class_name": .string("UNet2DModel"),
            "sample_size": sampleSize[0] == sampleSize[1]
                ? .integer(sampleSize[0]) : .array(sampleSize.map(JSONValue.integer)),
            "in_channels": .integer(inChannels),
            "out_channels": .integer(outChannels),
            "center_input_sample": .boolean(false),
            "time_embedding_type": .string("positional"),
            "time_embedding_dim": optional(timeEmbeddingDim),
            "freq_shift": .number(freqShift),
            "flip_sin_to_cos": .boolean(flipSinToCos),
            "down_block_types": .array(downBlockTypes.map { .string($0.rawValue) }),
            "mid_block_type": .string("UNetMidBlock2D"),
            "up_block_types": .array(upBlockTypes.map { .string($0.rawValue) }),
            "block_out_channels": .array(blockOutChannels.map(JSONValue.integer)),
            "layers_per_block": .integer(layersPerBlock),
            "mid_block_scale_factor": .integer(1),
            "downsample_padding": .integer(downsamplePadding),
            "downsample_type": .string("conv"),
            "upsample_type": .string("conv"),
            "dropout": .number(dropout),
            "act_fn": .string("silu"),
            "attention_head_dim": optional(attentionHeadDim),
            "norm_num_groups": .integer(normNumGroups),
            "attn_norm_num_groups": optional(attnNormNumGroups),
            "norm_eps": .number(normEps),
            "resnet_time_scale_shift": .string("default"),
            "add_attention": .boolean(addAttention),
            "class_embed_type": .null,
            "num_class_embeds": optional(numClassEmbeds),
            "num_train_timesteps": .null,
        ]).text
    }
}
