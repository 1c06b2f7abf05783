import CGreenDiffusion
import Datasets
import FedRuntime
import Foundation
import GreenDiffusion
import Model
import Storage

/// What an error says, in one line.
func line(_ error: any Error) -> String {
    guard let error = error as? DecodingError else {
        return "\(error)".split(whereSeparator: \.isNewline).joined(separator: " ")
    }
    func field(_ path: [any CodingKey], _ last: (any CodingKey)? = nil) -> String {
        (path + [last].compactMap(\.self)).map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
    }
    return switch error {
    case .keyNotFound(let key, let context): "message: it has no field \(field(context.codingPath, key))"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
        context.codingPath.isEmpty ? "message: it is of another kind" : "message: \(field(context.codingPath)) is of another kind"
    case .dataCorrupted(let context):
        context.codingPath.isEmpty ? "message: it is no JSON" : "message: \(field(context.codingPath)) has no such value"
    @unknown default: "message: it cannot be read"
    }
}

/// What kind of error it is.
func status(of error: any Error) -> greendiff_status {
    let kind =
        switch error {
        case is ArgumentError: GREENDIFF_BAD_ARGUMENT
        case is ConfigurationError, is DeviceError: GREENDIFF_BAD_SETTING
        case is FileError, is CheckpointError, is DatasetError, is RunDirectoryError: GREENDIFF_BAD_FILE
        case is MessageError, is Rejection, is DecodingError: GREENDIFF_REJECTED
        case is FederatedRunError, is FederationError: GREENDIFF_RUN_FAILED
        default: GREENDIFF_FAILED
        }
    return greendiff_status(kind)
}
