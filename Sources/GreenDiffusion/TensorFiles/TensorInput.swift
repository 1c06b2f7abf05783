import Kernels
import Model

/// A tensor of an input file that does not fit: its name, what is wrong, the way out.
public struct TensorInputError: Error, Equatable, CustomStringConvertible {
    /// The file.
    public let path: String
    /// The tensor's name.
    public let tensor: String
    /// What is wrong with it.
    public let problem: String
    /// What to do about it.
    public let remedy: String

    init(_ path: String, _ tensor: String, _ problem: String, _ remedy: String) {
        (self.path, self.tensor, self.problem, self.remedy) = (path, tensor, problem, remedy)
    }

    /// One line for people: what is wrong and what to do.
    public var description: String { "\(path): tensor \(tensor) \(problem); \(remedy)" }
}

/// The tensors that a forward or backward pass starts from, checked against the model before they reach it.
struct TensorInput {
    private let reader: SafetensorsReader

    init(_ path: String) throws(CheckpointError) { reader = try SafetensorsReader(path: path) }

    /// Images stored as `(N, channels, size[0], size[1])`, N at least 1, as `(N, H, W, C)`.
    func images(_ name: String, channels: Int, size: [Int]) throws -> Tensor {
        let entry = try entry(name)
        let expected = [channels] + size
        guard entry.shape.count == 4, entry.shape[0] >= 1, Array(entry.shape.dropFirst()) == expected else {
            let shape = "(N, \(expected.map(String.init).joined(separator: ", ")))"
            throw TensorInputError(reader.path, name, "has shape \(entry.shape)", "this model takes \(shape)")
        }
        let values = try reader.readFloats(entry)
        if let index = values.firstNonFinite {
            throw TensorInputError(
                reader.path, name, "holds \(values[index]) at element \(index)", "only finite numbers can be compared")
        }
        return channelsLast(values)
    }

    /// `count` timesteps in `0 ..< limit`.
    func timesteps(_ name: String, count: Int, limit: Int) throws -> [Int] {
        let entry = try entry(name)
        guard entry.shape == [count] else {
            throw TensorInputError(reader.path, name, "has shape \(entry.shape)", "give one timestep an image, (\(count))")
        }
        let values = try reader.readInt64(entry)
        if let wrong = values.first(where: { $0 < 0 || $0 >= limit }) {
            throw TensorInputError(reader.path, name, "holds \(wrong)", "timesteps are 0...\(limit - 1)")
        }
        return values.map(Int.init)
    }

    /// `count` labels in `0 ..< limit` of a conditional model; nil for an unconditional one, where `limit` is nil.
    func classLabels(_ name: String, count: Int, limit: Int?) throws -> [Int]? {
        guard let limit else {
            guard reader.entry(name) == nil else {
                throw TensorInputError(reader.path, name, "is for conditional models, which this is not", "leave it out")
            }
            return nil
        }
        guard reader.entry(name) != nil else {
            throw TensorInputError(
                reader.path, name, "is missing, and this model is conditional", "give one label an image, 0...\(limit - 1)")
        }
        let entry = try entry(name)
        guard entry.shape == [count] else {
            throw TensorInputError(reader.path, name, "has shape \(entry.shape)", "give one label an image, (\(count))")
        }
        let values = try reader.readInt64(entry)
        if let wrong = values.first(where: { $0 < 0 || $0 >= limit }) {
            throw TensorInputError(reader.path, name, "holds \(wrong)", "labels are 0...\(limit - 1)")
        }
        return values.map(Int.init)
    }

    private func entry(_ name: String) throws -> SafetensorsEntry {
        guard let entry = reader.entry(name) else {
            let names = reader.entries.prefix(5).map(\.name).joined(separator: ", ")
            throw TensorInputError(reader.path, name, "is missing (the file has \(names))", "write it under that name")
        }
        return entry
    }
}

/// `(N, C, H, W)` as `(N, H, W, C)`.
func channelsLast(_ tensor: Tensor) -> Tensor { permuted(tensor, [0, 2, 3, 1]) }

/// `(N, H, W, C)` as `(N, C, H, W)`.
func channelsFirst(_ tensor: Tensor) -> Tensor { permuted(tensor, [0, 3, 1, 2]) }

/// A copy of a tensor of four axes with axis `order[i]` as axis `i`.
private func permuted(_ tensor: Tensor, _ order: [Int]) -> Tensor {
    let shape = order.map { tensor.shape[$0] }
    let strides = order.map { axis in tensor.shape[(axis + 1)...].reduce(1, *) }
    let result = Tensor(shape: shape)
    tensor.withSpan { source in
        result.withMutableSpan { target in
            var position = 0
            for a in 0..<shape[0] {
                for b in 0..<shape[1] {
                    for c in 0..<shape[2] {
                        let start = a * strides[0] + b * strides[1] + c * strides[2]
                        for d in 0..<shape[3] {
                            target[position] = source[start + d * strides[3]]
                            position += 1
                        }
                    }
                }
            }
        }
    }
    return result
}
