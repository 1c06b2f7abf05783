import Foundation
import ImageQuality
import Kernels
import Model
import TestSupport
import Testing

/// Feature networks against PyTorch, and what they say of files that are not theirs.
@Suite struct FeatureNetworkTests {
    static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures")
    static var images: Tensor { FormulaWeights.tensor("images", [2, 24, 40, 3]) }

    @Test(arguments: FeatureArchitecture.allCases)
    func featuresAreThoseOfPyTorch(_ architecture: FeatureArchitecture) throws {
        let file = try SafetensorsReader(path: Self.fixtures.appendingPathComponent("features.safetensors").path)
        let expected = try file.readFloats(try #require(file.entry(architecture.rawValue)))
        let network = try FeatureNetwork(architecture, weights: FormulaWeights.weights, threads: 2)
        let features = network.features(of: Self.images)
        #expect(features.shape == [2, architecture.featureCount] && expected.shape == features.shape)
        // A resize's places in float32 cost 1.7e-5 of EfficientNet-Lite0's features, in PyTorch, too.
        let error = relativeError(features.values, expected.values)
        #expect(error <= 5e-5, "relative error \(error)")
        let (first, second) = (features.values.prefix(network.featureCount), features.values.suffix(network.featureCount))
        #expect(relativeError(Array(first), Array(second)) > 1e-3, "two images have the same features")
    }

    /// More images than the network takes at once, in another order and by themselves.
    @Test func featuresDependOnNeitherThreadsNorOtherImages() throws {
        let images = FormulaWeights.tensor("images", [19, 8, 8, 3])
        let one = try FeatureNetwork(.efficientNetLite0, weights: FormulaWeights.weights, threads: 1)
        let several = try FeatureNetwork(.efficientNetLite0, weights: FormulaWeights.weights, threads: 3)
        let expected = one.features(of: images)
        #expect(several.features(of: images).values == expected.values)
        for image in [0, 15, 16, 18] {
            let alone = several.features(of: Tensor(viewOf: images, offset: image * 192, shape: [1, 8, 8, 3]))
            #expect(alone.values == Tensor(viewOf: expected, offset: image * 1280, shape: [1280]).values)
        }
        #expect(one.hash == several.hash && one.hash.count == 32)
        #expect(one.features(of: Tensor(shape: [0, 8, 8, 3])).shape == [0, 1280])
    }

    /// A file with the formula's weights, changed by `change`, and what a training file has beside them.
    private func write(
        to path: String, metadata: [(name: String, text: String)] = [],
        _ change: @escaping (_ name: String, _ tensor: Tensor) -> Tensor? = { $1 }
    ) throws {
        var tensors: [NamedTensor] = []
        _ = try FeatureNetwork(
            .efficientNetLite0,
            weights: NetworkWeights { name, shape in
                let tensor = FormulaWeights.tensor(name, shape)
                if let kept = change(name, FormulaWeights.tensor(name, shape)) { tensors.append(NamedTensor(name, kept)) }
                return tensor
            }, threads: 1)
        tensors.append(NamedTensor("_bn0.num_batches_tracked", shape: [], .int64([7])))
        try writeSafetensors(tensors, to: path, metadata: metadata)
    }

    private func message(_ path: String) -> String {
        do {
            _ = try openFeatureNetwork(path, threads: 1)
            return "none"
        } catch { return "\(error)".replacing(path, with: "FILE") }
    }

    @Test func aFileIsRecognisedByItsTensorsOrItsMetadata() throws {
        let folder = TemporaryFolder()
        let expected = try FeatureNetwork(.efficientNetLite0, weights: FormulaWeights.weights, threads: 1)
        for metadata in [[], [(name: "network", text: "efficientnet-lite0")]] {
            let path = folder.path("network.safetensors")
            try write(to: path, metadata: metadata)
            let network = try openFeatureNetwork(path, threads: 2)
            #expect(network.name == "efficientnet-lite0" && network.hash == expected.hash)
            #expect(network.resizeRule == "bilinear 112" && network.featureCount == 1280)
            #expect(network.features(of: Self.images).values == expected.features(of: Self.images).values)
        }
    }

    @Test func anotherWeightGivesAnotherHash() throws {
        let network = try FeatureNetwork(
            .efficientNetLite0,
            weights: NetworkWeights { name, shape in
                let tensor = FormulaWeights.tensor(name, shape)
                if name == "_bn1.bias" { tensor[7] += 0.25 }
                return tensor
            }, threads: 1)
        #expect(network.hash != (try FeatureNetwork(.efficientNetLite0, weights: FormulaWeights.weights, threads: 1)).hash)
    }

    @Test func whatIsWrongWithATensorIsSaid() throws {
        let folder = TemporaryFolder()
        let path = folder.path("network.safetensors")
        let wayOut = "make the file anew with scripts/convert-features efficientnet-lite0 FILE"
        try write(to: path) { name, tensor in name == "_bn1.running_var" ? nil : tensor }
        #expect(message(path) == "FILE: tensor _bn1.running_var is missing, expected shape [1280]; \(wayOut)")
        try write(to: path) { name, tensor in name == "_bn0.weight" ? tensor.reshaped([4, 8]) : tensor }
        #expect(message(path) == "FILE: tensor _bn0.weight has shape [4, 8], expected [32]; \(wayOut)")
        try write(to: path) { name, tensor in
            if name == "_conv_head.weight" { tensor[12] = .nan }
            return tensor
        }
        #expect(
            message(path) == "FILE: tensor _conv_head.weight holds nan at element 12, expected finite numbers; \(wayOut)")
    }

    @Test func aFileOfAnotherKindIsRefused() throws {
        let folder = TemporaryFolder()
        let path = folder.path("network.safetensors")
        let wayOut = "make the file with scripts/convert-features efficientnet-lite0 FILE, or inception"
        try writeSafetensors([NamedTensor("conv_in.weight", Tensor(shape: [2]))], to: path)
        #expect(
            message(path) == "FILE holds no known feature network: it has 1 tensors from conv_in.weight on, neither "
                + "_conv_stem.weight of efficientnet-lite0 or Conv2d_1a_3x3.conv.weight of inception-v3-fid; \(wayOut)")
        try writeSafetensors(
            [NamedTensor("x", Tensor(shape: [2]))], to: path, metadata: [(name: "network", text: "resnet50")])
        #expect(
            message(path)
                == "FILE holds the network resnet50, known are efficientnet-lite0 and inception-v3-fid; \(wayOut)")
        #expect(message(folder.path("none.safetensors")).contains("cannot read"))
    }
}
