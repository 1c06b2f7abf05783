import Foundation
import RunTestSupport
import TestSupport
import Testing

/// `predict` and `gradients` against arithmetic on their own outputs that does not use the program's code.
@Suite struct PassCommandTests {
    private static let (count, channels, side) = (2, 3, 8)
    private static let timesteps = [7, 640]

    /// Numbers without structure, so that a wrong order of axes shows.
    private func values(_ phase: Double) -> [Float] {
        (0..<Self.count * Self.channels * Self.side * Self.side).map { Float(sin(Double($0 * $0 % 1009) + phase)) }
    }

    private func run(_ command: String, _ tensors: TensorFile, in folder: TemporaryFolder) throws -> TensorFile {
        try tensors.write(to: folder.path("in"))
        let result = try Greendiff.run(
            command, "--checkpoint", TinyModel.path, "--input", folder.path("in"), "--output", folder.path("out"))
        #expect(result.status == 0, "\(result.errors)")
        return try TensorFile(folder.path("out"))
    }

    private func input(_ sample: [Float], noise: [Float]? = nil) -> TensorFile {
        var tensors = TensorFile()
        let shape = [Self.count, Self.channels, Self.side, Self.side]
        tensors.set("sample", shape, sample)
        if let noise { tensors.set("noise", shape, noise) }
        tensors.set("timestep", timesteps: Self.timesteps.map(Int64.init))
        return tensors
    }

    /// `sqrt(abar_t)` and `sqrt(1 - abar_t)` of each value, for the linear schedule of 1000 steps, 1e-4 to 0.02.
    private func levels(count: Int) -> [(signal: Double, spread: Double)] {
        let kept = Self.timesteps.map { (timestep: Int) -> Double in
            var product = 1.0
            for step in 0...timestep { product *= 1 - (1e-4 + (0.02 - 1e-4) * Double(step) / 999) }
            return product
        }
        return (0..<count).map { (index: Int) in
            let share = kept[index / (count / Self.count)]
            return (share.squareRoot(), (1 - share).squareRoot())
        }
    }

    @Test func lossAndLastBiasFollowFromThePrediction() throws {
        let folder = TemporaryFolder()
        let (images, noise) = (values(0), values(1))
        let gradients = try run("gradients", input(images, noise: noise), in: folder)
        let levels = levels(count: images.count)
        let noisy = images.indices.map { Float(levels[$0].signal * Double(images[$0]) + levels[$0].spread * Double(noise[$0])) }
        let prediction = try run("predict", input(noisy), in: folder)
        #expect(prediction.entries.keys.sorted() == ["noise"])
        #expect(prediction.entries["noise"]?.shape == [Self.count, Self.channels, Self.side, Self.side])

        // The model predicts v [Salimans 2022].
        let v = images.indices.map { levels[$0].signal * Double(noise[$0]) - levels[$0].spread * Double(images[$0]) }
        let differences = zip(prediction.floats("noise"), v).map { Double($0) - $1 }
        let loss = differences.reduce(0) { $0 + $1 * $1 } / Double(differences.count)
        #expect(isClose(gradients.floats("loss"), [Float(loss)], tolerance: 1e-5))
        #expect(gradients.entries["loss"]?.shape == [1])

        // The last layer adds its bias to every pixel of a channel: dLoss/dBias is the channel's sum of 2 (prediction - v) / count.
        let plane = Self.side * Self.side
        var bias = [Double](repeating: 0, count: Self.channels)
        for (index, difference) in differences.enumerated() {
            bias[index / plane % Self.channels] += 2 * difference / Double(differences.count)
        }
        #expect(isClose(gradients.floats("conv_out.bias"), bias.map { Float($0) }, tolerance: 1e-4))
    }

    @Test func gradientsHaveTheNamesAndShapesOfTheCheckpoint() throws {
        let gradients = try run("gradients", input(values(2), noise: values(3)), in: TemporaryFolder())
        let weights = try TensorFile(TinyModel.weightsPath)
        #expect(gradients.entries.filter { $0.key != "loss" }.mapValues(\.shape) == weights.entries.mapValues(\.shape))
    }

    @Test func wrongTensorsAreRefusedByName() throws {
        let folder = TemporaryFolder()
        var wrong: [(String, TensorFile, String)] = []
        var tensors = input(values(0), noise: values(1))
        tensors.set("sample", [2, 8, 8, 3], values(0))
        wrong.append(("predict", tensors, "sample has shape [2, 8, 8, 3]"))
        tensors = input(values(0))
        wrong.append(("gradients", tensors, "noise is missing"))
        tensors.set("timestep", timesteps: [3, 1000])
        wrong.append(("predict", tensors, "timestep holds 1000"))
        tensors.set("timestep", timesteps: [3])
        wrong.append(("predict", tensors, "timestep has shape [1]"))
        tensors = input(values(0).map { $0 < -0.9 ? .infinity : $0 })
        wrong.append(("predict", tensors, "sample holds inf"))
        for (command, tensors, words) in wrong {
            try tensors.write(to: folder.path("in"))
            let result = try Greendiff.run(
                command, "--checkpoint", TinyModel.path, "--input", folder.path("in"), "--output", folder.path("out"))
            #expect(result.status == 1 && result.errors.contains(words), "\(words): \(result.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path("out")))
    }

    /// Another kernel gives the same numbers to rounding, and the log says which geometry it ran, each once.
    @Test func aForcedConvolutionRunsAndIsLogged() throws {
        let folder = TemporaryFolder()
        let usual = try run("predict", input(values(0)), in: folder).floats("noise")
        let result = try Greendiff.run(
            "predict", "--checkpoint", TinyModel.path, "--input", folder.path("in"), "--output", folder.path("forced"),
            "--convolution", "reference", "--log-level", "debug")
        #expect(result.status == 0, "\(result.errors)")
        let forced = try TensorFile(folder.path("forced")).floats("noise")
        #expect(isClose(forced, usual, tolerance: 1e-5))
        let lines = result.errors.split(separator: "\n").compactMap { $0.split(separator: "] ").last }
        #expect(lines.contains { $0.hasPrefix("3x3 s1") } && lines.contains { $0.hasPrefix("1x1 s1") })
        #expect(lines.allSatisfy { $0.hasSuffix(": reference") })
        #expect(Set(lines).count == lines.count)
    }

    @Test func anUnknownConvolutionIsRefused() throws {
        let result = try Greendiff.run(
            "predict", "--checkpoint", TinyModel.path, "--input", "in", "--output", "out", "--convolution", "fft")
        #expect(result.status == 64)
        #expect(result.errors.contains("--convolution") && result.errors.contains("winograd4"))
    }
}
