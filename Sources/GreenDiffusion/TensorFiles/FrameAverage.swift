import Codec
import Foundation
import Kernels
import Model
import Storage

/// The weighted mean of frames that hold the same tensors, of runs or of files.
///
/// A round's exact sum (`FixedPointAccumulator`) takes its range from the global model. Here there is none, so sums are in double
/// precision: another order of the same frames may change the last bit of a mean.
package struct FrameAverage {
    /// Weights that are taken.
    package static let weights = 1e-12...1e12

    /// How many frames have been added.
    package private(set) var frameCount = 0
    private let maxUnpacked: Int
    private let threads: Int
    /// The first frame: its tensors are those that all others must have.
    private var first: UpdateFrame?
    private var sums: [Double] = []
    private var totalWeight = 0.0

    /// An empty sum of frames that unpack to at most `maxUnpacked` bytes.
    package init(maxUnpacked: Int = defaultMaxUnpacked, threads: Int) {
        (self.maxUnpacked, self.threads) = (maxUnpacked, threads)
    }

    /// Adds `weight` times the values of a frame, whole or not at all. Its tensors are decoded one after another.
    ///
    /// - Throws: `ConfigurationError` for a weight outside `weights`, `FrameTooLarge`, `FileError` for a frame that is damaged or holds
    ///   other tensors, or another payload, than the first.
    package mutating func add(_ bytes: [UInt8], weight: Double) throws {
        guard Self.weights.contains(weight) else {
            let limits = "\(Self.weights.lowerBound)...\(Self.weights.upperBound)"
            throw ConfigurationError("weight", "\(weight)", "is outside \(limits)", wayOut: "use the number of images")
        }
        let name = "frame \(frameCount + 1)"
        let frame = try verifiedFrame(bytes, name: name, maxUnpacked: maxUnpacked, threads: threads)
        if let difference = first.flatMap({ frame.header.difference(from: $0.header) }) {
            throw FileError.invalid(path: name, reason: "\(difference); average frames of one model")
        }
        if first == nil {
            OutOfMemory.require(bytes: 8 * frame.header.parameterCount)
            sums = [Double](repeating: 0, count: frame.header.parameterCount)
            first = frame
        }
        var offset = 0
        for index in frame.header.tensors.indices {
            frame.decoded(tensor: index, threads: threads).withSpan { values in
                for place in values.indices { sums[offset + place] += weight * Double(values[place]) }
                offset += values.count
            }
        }
        totalWeight += weight
        frameCount += 1
    }

    /// The mean as a safetensors file, what the first frame carries as it is with it.
    ///
    /// - Throws: `ConfigurationError` where no frame has been added.
    package func mean() throws -> [UInt8] {
        guard let first else {
            throw ConfigurationError("average", "", "has no frame", wayOut: "add one")
        }
        var places = [0]
        for tensor in first.header.tensors { places.append(places[places.count - 1] + tensor.count) }
        let file = try TensorFile(first, name: "frame 1", threads: threads) { index in
            Tensor(
                shape: first.header.tensors[index].shape,
                values: sums[places[index]..<places[index + 1]].map { Float($0 / totalWeight) })
        }
        return try safetensorsBytes(file.tensors, name: "average", metadata: file.metadata)
    }
}

extension UpdateFrameHeader {
    /// The first thing in which this frame's content is of another kind than `other`'s; nil for none.
    fileprivate func difference(from other: UpdateFrameHeader) -> String? {
        guard binding.payload == other.binding.payload else {
            return "it holds \(binding.payload), the first frame \(other.binding.payload)"
        }
        func labels(_ header: UpdateFrameHeader) -> [String] { header.tensors.map { "\($0.name) \($0.shape)" } }
        let (found, expected) = (labels(self), labels(other))
        if let (here, there) = zip(found, expected).first(where: { $0 != $1 }) {
            return "it has tensor \(here) where the first frame has \(there)"
        }
        if found.count > expected.count { return "it has tensor \(found[expected.count]), which the first frame has not" }
        if found.count < expected.count { return "it has no tensor \(expected[found.count]), which the first frame has" }
        return nil
    }
}
