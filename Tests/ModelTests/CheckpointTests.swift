import Foundation
import Kernels
import Model
import Storage
import TestSupport
import Testing

@Suite struct CheckpointTests {
    private let folder: TemporaryFolder

    init() throws { folder = TemporaryFolder() }

    private func tinyModel(seed: UInt64 = 4) throws -> UNet {
        let model = try UNet(.tiny, context: ComputeContext(threads: 1))
        model.initialize(seed: seed)
        return model
    }

    private func checkpoint(_ model: UNet) -> Checkpoint {
        Checkpoint(configuration: model.configuration, scheduler: SchedulerConfiguration(), parameters: model.parameters)
    }

    private func refusal() -> CheckpointError? {
        do throws(CheckpointError) {
            _ = try Checkpoint(directory: folder.path)
            return nil
        } catch {
            return error
        }
    }

    /// Writes tiny's weights with some tensors changed; nil drops one.
    private func writeWeights(_ change: (NamedTensor) -> NamedTensor?) throws {
        let model = try tinyModel()
        try checkpoint(model).write(to: folder.path)
        let tensors = model.layout.entries.compactMap { entry in
            change(NamedTensor(entry.name, Tensor(viewOf: model.parameters, offset: entry.offset, shape: entry.shape)))
        }
        try writeSafetensors(tensors, to: folder.path("diffusion_pytorch_model.safetensors"))
    }

    @Test func roundTrip() throws {
        let model = try tinyModel()
        var scheduler = SchedulerConfiguration()
        scheduler.varianceType = .fixedLarge
        scheduler.clipSampleRange = nil
        scheduler.timestepSpacing = .trailing
        try Checkpoint(configuration: .tiny, scheduler: scheduler, parameters: model.parameters).write(to: folder.path)
        let read = try Checkpoint(directory: folder.path)
        #expect(read.configuration == .tiny)
        #expect(read.scheduler == scheduler)
        #expect(read.parameters.values == model.parameters.values)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == [
                "config.json", "diffusion_pytorch_model.safetensors", "model_index.json", "scheduler_config.json",
            ])
    }

    @Test func savedPipelinesAndBareModelsAreRead() throws {
        let model = try tinyModel()
        for part in ["unet", "scheduler"] {
            try FileManager.default.createDirectory(atPath: folder.path(part), withIntermediateDirectories: true)
        }
        try checkpoint(model).write(to: folder.path("unet"))
        #expect(try Checkpoint(directory: folder.path).parameters.values == model.parameters.values)
        try FileManager.default.removeItem(atPath: folder.path("unet/scheduler_config.json"))
        #expect(try Checkpoint(directory: folder.path("unet")).scheduler == SchedulerConfiguration())
    }

    @Test func oldAttentionNamesAreRead() throws {
        let renames = ["to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"]
        try writeWeights { tensor in
            var name = tensor.name
            for (new, old) in renames { name = name.replacingOccurrences(of: ".\(new).", with: ".\(old).") }
            return NamedTensor(name, shape: tensor.shape, tensor.elements)
        }
        #expect(try Checkpoint(directory: folder.path).parameters.values == (try tinyModel()).parameters.values)
    }

    @Test func missingTensorIsNamed() throws {
        try writeWeights { $0.name == "conv_out.bias" ? nil : $0 }
        guard case .missingTensor(_, "conv_out.bias")? = refusal() else {
            Issue.record("gave \(String(describing: refusal()))")
            return
        }
    }

    @Test func extraTensorIsNamed() throws {
        try writeWeights { $0.name == "conv_out.bias" ? NamedTensor("class_embedding.weight", Tensor(shape: [3])) : $0 }
        guard case .unexpectedTensor(_, "class_embedding.weight")? = refusal() else {
            Issue.record("gave \(String(describing: refusal()))")
            return
        }
    }

    @Test func otherShapeIsNamed() throws {
        try writeWeights { $0.name == "conv_in.bias" ? NamedTensor($0.name, Tensor(shape: [2, 4])) : $0 }
        guard case .shapeMismatch(_, "conv_in.bias", [8], [2, 4])? = refusal() else {
            Issue.record("gave \(String(describing: refusal()))")
            return
        }
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity])
    func weightsThatAreNotFiniteAreNamed(value: Float) throws {
        try writeWeights { tensor in
            guard tensor.name == "conv_in.bias" else { return tensor }
            return NamedTensor(tensor.name, Tensor(shape: [8], values: [0, 0, 0, value, 0, 0, 0, 0]))
        }
        guard case .nonFinite(_, "conv_in.bias", 3, _)? = refusal() else {
            Issue.record("gave \(String(describing: refusal()))")
            return
        }
    }

    @Test(arguments: [
        (#"{"prediction_type": "flow_prediction"}"#, "prediction_type"), (#"{"sample_max_value": 0.5}"#, "sample_max_value"),
        (#"{"variance_type": "learned"}"#, "variance_type"), (#"{"beta_schedule": "sigmoid"}"#, "beta_schedule"),
        (#"{"clip_sample": "yes"}"#, "clip_sample"), (#"{"steps_offset": 1}"#, "steps_offset"),
        (#"{"rescale_betas_zero_snr": true}"#, "rescale_betas_zero_snr"), (#"{"trained_betas": [0.1]}"#, "trained_betas"),
        (#"{"_class_name": "PNDMScheduler"}"#, "_class_name"), (#"{"skip_prk_steps": true}"#, "skip_prk_steps"),
        (#"{"set_alpha_to_one": false}"#, "set_alpha_to_one"), (#"{"timestep_spacing": "karras"}"#, "timestep_spacing"),
        (#"{"use_karras_sigmas": true}"#, "use_karras_sigmas"), (#"{"beta_end": NaN}"#, "beta_end"),
        (#"{"_class_name": "DPMSolverMultistepScheduler", "use_flow_sigmas": true}"#, "use_flow_sigmas"),
        (#"{"num_train_timesteps": 0}"#, "num_train_timesteps"),
    ])
    func schedulerFieldsAreRefusedByName(text: String, field: String) throws {
        try checkpoint(tinyModel()).write(to: folder.path)
        _ = try folder.write(Array(text.utf8), to: "scheduler_config.json")
        guard case .unsupportedField(_, field, _, _)? = refusal() else {
            Issue.record("gave \(String(describing: refusal()))")
            return
        }
    }

    @Test func emptyFolderIsNamed() {
        guard case .notACheckpoint(folder.path, "config.json", "", _)? = refusal() else {
            Issue.record("gave \(String(describing: refusal()))")
            return
        }
    }
}
