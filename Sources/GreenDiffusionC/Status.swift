import CGreenDiffusion
import Codec
import Datasets
import DevicePlanning
import Energy
import FedRuntime
import Foundation
import GreenDiffusion
import ImageFiles
import ImageQuality
import Model
import Storage

/// What an error says, in one line.
func line(_ error: any Error) -> String {
    if let error = error as? UnusableDevices, let first = error.lines.first {
        return "\(first); \(error)".split(whereSeparator: \.isNewline).joined(separator: " ")
    }
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
        case is ConfigurationError, is DeviceError, is PlanJob.OptionError, is EnergyInputError, is SamplingStepsError:
            GREENDIFF_BAD_SETTING
        case let error as CodecError: status(of: error)
        case is FileError, is CheckpointError, is DatasetError, is RunDirectoryError, is UnusableDevices, is FrameTooLarge,
            is EvaluationError, is ImageFileError:
            GREENDIFF_BAD_FILE
        case is MessageError, is Rejection, is DecodingError: GREENDIFF_REJECTED
        case is FederatedRunError, is FederationError: GREENDIFF_RUN_FAILED
        default: GREENDIFF_FAILED
        }
    return greendiff_status(kind)
}

/// Tensors that no frame can hold, or a precision that none has.
private func status(of error: CodecError) -> Int {
    switch error {
    case .valueOutOfRange, .unsupportedTensor: Int(GREENDIFF_BAD_FILE)
    case .stepOutOfRange, .demandNotMet, .bytesNotMet, .bitsOutOfRange: Int(GREENDIFF_BAD_SETTING)
    }
}
