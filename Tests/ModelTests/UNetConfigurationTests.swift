import Model
import Storage
import Testing

@Suite struct UNetConfigurationTests {
    @Test(arguments: [
        (UNetConfiguration.Preset.tiny, 45_259), (.small, 1_806_275), (.ddpmCIFAR10, 35_746_307),
    ])
    func parameterCount(preset: UNetConfiguration.Preset, count: Int) {
        #expect(UNetConfiguration(preset: preset).parameterLayout.parameterCount == count)
    }

    @Test func namesAndOrderAreThoseOfDiffusers() {
        let names = UNetConfiguration.tiny.parameterLayout.entries.map(\.name)
        #expect(names.first == "conv_in.weight")
        #expect(names.last == "conv_out.bias")
        #expect(Set(names).count == names.count)
        let attention = names.firstIndex { $0.hasPrefix("down_blocks.1.attentions.0") }
        let resnet = names.firstIndex { $0.hasPrefix("down_blocks.1.resnets.0") }
        let up = names.firstIndex { $0.hasPrefix("up_blocks.0") }
        let mid = names.firstIndex { $0.hasPrefix("mid_block") }
        #expect(attention.map { $0 < resnet ?? 0 } == true)
        #expect(up.map { $0 < mid ?? 0 } == true)
    }

    @Test(arguments: UNetConfiguration.Preset.allCases)
    func jsonRoundTrip(preset: UNetConfiguration.Preset) throws {
        let configuration = UNetConfiguration(preset: preset)
        #expect(try UNetConfiguration(parsing: Array(configuration.json.utf8), path: "config.json") == configuration)
    }

    @Test func classesAreATableBesideTheTimestepEmbedding() throws {
        var conditional = UNetConfiguration.tiny
        conditional.numClassEmbeds = 5
        #expect(try UNetConfiguration(parsing: Array(conditional.json.utf8), path: "config.json") == conditional)
        let names = conditional.parameterLayout.entries.map(\.name)
        let place = try #require(names.firstIndex(of: "class_embedding.weight"))
        #expect(conditional.parameterLayout.entries[place].shape == [5, 32])
        #expect(names[place - 1] == "time_embedding.linear_2.bias")
        #expect(names.filter { $0 != "class_embedding.weight" } == UNetConfiguration.tiny.parameterLayout.entries.map(\.name))
    }

    @Test(arguments: [
        ("act_fn", #""gelu""#),
        ("center_input_sample", #"true"#),
        ("time_embedding_type", #""fourier""#),
        ("mid_block_type", #"null"#),
        ("mid_block_scale_factor", #"1.4"#),
        ("downsample_type", #""resnet""#),
        ("upsample_type", #""resnet""#),
        ("resnet_time_scale_shift", #""scale_shift""#),
        ("class_embed_type", #""timestep""#),
        ("class_embed_type", #""identity""#),
        ("num_class_embeds", #"0"#), ("num_class_embeds", #""ten""#),
        ("downsample_padding", #"2"#),
        ("down_block_types", #"["SkipDownBlock2D", "DownBlock2D"]"#),
        ("up_block_types", #"["UpBlock2D"]"#),
        ("block_out_channels", #"[8, -8]"#),
        ("out_channels", #"6"#), ("norm_num_groups", #"3"#), ("attn_norm_num_groups", #"5"#),
        ("attention_head_dim", #"5"#),
        ("sample_size", #"33"#),
        ("sample_size", #"null"#),
        ("dropout", #"1.5"#),
        ("layers_per_block", #"0"#),
        ("addition_embed_type", #""text""#),
        ("_class_name", #""UNet2DConditionModel""#),
        ("norm_eps", #""small""#), ("norm_eps", "NaN"), ("dropout", "Infinity"), ("use_linear_projection", "true"),
    ])
    func refusesByName(field: String, value: String) throws {
        guard case .object(var fields) = try JSONValue(parsing: Array(UNetConfiguration.tiny.json.utf8)) else {
            Issue.record("the configuration is no JSON object")
            return
        }
        fields[field] = nil
        let text = "{\"\(field)\": \(value)," + JSONValue.object(fields).compactText.dropFirst()
        let error = #expect(throws: CheckpointError.self) {
            try UNetConfiguration(parsing: Array(text.utf8), path: "config.json")
        }
        guard case .unsupportedField(_, let found, _, _)? = error else {
            Issue.record("\(field): \(value) gave \(String(describing: error))")
            return
        }
        #expect(found == field)
    }

    @Test func fieldsWithoutEffectAreNamedOnce() throws {
        let text = """
            {"sample_size": 64, "decay": 0.9999, "power": NaN, "use_ema_warmup": true, "num_train_timesteps": 1000,
             "addition_embed_type": null, "use_linear_projection": false, "trained_on": "signs", "_commit": "1f3"}
            """
        var notes: [String] = []
        let configuration = try UNetConfiguration(parsing: Array(text.utf8), path: "config.json") { notes.append($0) }
        #expect(configuration == (try UNetConfiguration(parsing: Array(#"{"sample_size": 64}"#.utf8), path: "config.json")))
        let names = "addition_embed_type, decay, num_train_timesteps, power, trained_on, use_ema_warmup, use_linear_projection"
        #expect(notes == ["config.json: fields without effect here: \(names)"])
    }

    @Test func newFieldsOfALaterDiffusersAreRefused() throws {
        func text(_ version: String, _ value: String) -> [UInt8] {
            Array(#"{"sample_size": 64, "_diffusers_version": "\#(version)", "gates": \#(value)}"#.utf8)
        }
        _ = try UNetConfiguration(parsing: text("0.42.0", "3"), path: "config.json")
        _ = try UNetConfiguration(parsing: text("1.0.0.dev0", "false"), path: "config.json")
        for version in ["0.43.0", "1.0.0.dev0"] {
            #expect(throws: CheckpointError.self) { try UNetConfiguration(parsing: text(version, "3"), path: "config.json") }
        }
    }

    @Test func absentFieldsTakeTheDefaultsOfDiffusers() throws {
        let text = #"{"_class_name": "UNet2DModel", "_diffusers_version": "0.1", "sample_size": 64}"#
        let configuration = try UNetConfiguration(parsing: Array(text.utf8), path: "config.json")
        #expect(configuration.blockOutChannels == [224, 448, 672, 896])
        #expect(configuration.attentionHeadDim == 8)
        #expect(configuration.normNumGroups == 32)
        #expect(configuration.downsamplePadding == 1)
        #expect(configuration.parameterLayout.parameterCount == 274_056_163)
    }

    @Test func textThatIsNoConfigurationIsRefused() {
        for text in ["", "[]", "{", "null", "{\"a\": }"] {
            #expect(throws: CheckpointError.self) { try UNetConfiguration(parsing: Array(text.utf8), path: "config.json") }
        }
    }
}
