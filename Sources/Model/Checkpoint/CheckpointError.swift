import Storage

/// Why a checkpoint, a configuration or a safetensors file was refused. The description names the value, the limit and the way out.
package enum CheckpointError: Error, Equatable, CustomStringConvertible {
    case unreadable(path: String, reason: String)
    /// The bytes are not what the format says.
    case malformed(path: String, detail: String)
    /// The header says more bytes than the format allows.
    case headerTooLarge(path: String, bytes: UInt64, limit: Int)
    /// The file ends before the tensor does.
    case truncated(path: String, tensor: String, endsAt: Int, available: Int)
    /// Two tensors claim the same bytes, or bytes between them belong to none.
    case misplaced(path: String, tensor: String, begins: Int, expected: Int)
    case unsupportedType(path: String, tensor: String, type: String, supported: SupportedTypes)
    case missingTensor(path: String, tensor: String)
    case unexpectedTensor(path: String, tensor: String)
    case shapeMismatch(path: String, tensor: String, expected: [Int], found: [Int])
    case nonFinite(path: String, tensor: String, index: Int, value: Float)
    /// A field of a configuration has a value, or is a field, that this program does not implement.
    case unsupportedField(path: String, field: String, value: String, supported: String)
    /// The text that stands for a large file in a repository until it is fetched.
    case gitLFSPointer(path: String)
    /// A folder without a model that can be read: what it lacks, what it has instead, and the way out.
    case notACheckpoint(folder: String, lacks: String, has: String, wayOut: String)

    /// Element types that a tensor may have where it is used.
    package enum SupportedTypes: String, Sendable {
        case floats = "F32, F16, BF16 and F64; convert it to F32"
        case integers = "I64; convert it to I64"
        case format = "those of the safetensors format; write it as one of them"
    }

    /// A checkpoint's file that cannot be read, or is too large.
    init(_ error: FileError) {
        switch error {
        case .missing(let path): self = .unreadable(path: path, reason: "there is no such file")
        case .unreadable(let path, let reason), .unwritable(let path, let reason): self = .unreadable(path: path, reason: reason)
        case .invalid(let path, let reason): self = .malformed(path: path, detail: reason)
        case .damagedLine(let path, let line): self = .malformed(path: path, detail: "line \(line)")
        }
    }

    package var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "cannot read \(path): \(reason); check the path and its permissions\(homeHint(path))"
        case .malformed(let path, let detail):
            "\(path) is damaged: \(detail); copy or download it again"
        case .headerTooLarge(let path, let bytes, let limit):
            "\(path): header of \(bytes) bytes, the limit is \(limit); the file is damaged or no safetensors file"
        case .truncated(let path, let tensor, let end, let available):
            "\(path): tensor \(tensor) ends at byte \(end) of the data, the file has \(available); copy or download it again"
        case .misplaced(let path, let tensor, let begins, let expected):
            "\(path): tensor \(tensor) begins at byte \(begins) of the data, expected \(expected); "
                + "the file is damaged, copy or download it again"
        case .unsupportedType(let path, let tensor, let type, let supported):
            "\(path): tensor \(tensor) has type \(type), supported are \(supported.rawValue)"
        case .missingTensor(let path, let tensor):
            "\(path): tensor \(tensor) is missing; use the weights that belong to this configuration"
        case .unexpectedTensor(let path, let tensor):
            "\(path): tensor \(tensor) has no place in this model; use the configuration that belongs to these weights"
        case .shapeMismatch(let path, let tensor, let expected, let found):
            "\(path): tensor \(tensor) has shape \(found), expected \(expected); use a checkpoint of the same configuration"
        case .nonFinite(let path, let tensor, let index, let value):
            "\(path): tensor \(tensor) holds \(value) at element \(index); "
                + "the training that wrote it diverged, use an earlier checkpoint"
        case .unsupportedField(let path, let field, let value, let supported):
            "\(path): \(field) = \(value) is not supported; supported: \(supported)"
        case .gitLFSPointer(let path):
            "\(path) is a Git LFS pointer, not the file itself; fetch it with `git lfs pull` in its repository"
        case .notACheckpoint(let folder, let lacks, let has, let wayOut):
            "\(folder) has no \(lacks)\(has.isEmpty ? "" : " (it has \(has))"); \(wayOut)"
        }
    }
}
