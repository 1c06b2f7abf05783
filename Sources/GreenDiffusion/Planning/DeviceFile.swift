import Energy
import Foundation

/// A device as a device file describes it: its name there, and its energy problem.
public struct PlannedDevice: Sendable, Equatable {
    /// As written in the file; the device's position where it has none.
    public let id: DeviceIdentifier
    public let problem: DeviceEnergyProblem
    /// Parameters of the model it sends; nil where the file gives the payload in bits.
    public let parameterCount: Double?

    public init(id: DeviceIdentifier, problem: DeviceEnergyProblem, parameterCount: Double?) {
        self.id = id
        self.problem = problem
        self.parameterCount = parameterCount
    }
}

/// A device's name: a text or a whole number, kept as it was written.
public enum DeviceIdentifier: Sendable, Hashable, Encodable, CustomStringConvertible {
    case text(String)
    case number(Int)

    public var description: String {
        switch self {
        case .text(let text): text
        case .number(let number): "\(number)"
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .number(let number): try container.encode(number)
        }
    }
}

/// A JSON array of devices, the input of `greendiff plan`.
///
/// Fields: `id`, `local_iterations`, `samples_per_iteration`, `cycles_per_sample`, `energy_coefficient`, `frequency_min_hz`,
/// `frequency_max_hz`, `power_min_w`, `power_max_w`, `bandwidth_hz`, `channel_gain`, `distance_m`, `path_loss_exponent`,
/// `noise_dbm_per_mhz`, `parameter_count`, `bits_per_parameter`, `payload_bits`, `time_budget_s`. Those that are missing are the paper's
/// (8 bits a parameter); the payload is `parameter_count * bits_per_parameter` unless `payload_bits` is there.
public enum DeviceFile {
    /// Reads the devices of the file at `path`.
    ///
    /// - Throws: `FileError` for a file that cannot be read or is no JSON array of objects, `DeviceFieldError` for a field.
    public static func read(path: String) throws -> [PlannedDevice] {
        guard FileManager.default.fileExists(atPath: path) else { throw FileError.missing(path: path) }
        let contents: Data
        do {
            contents = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw FileError.unreadable(path: path, reason: FileError.reason(error))
        }
        return try parse(contents, path: path)
    }

    /// Reads the devices of a file's contents; `path` is for messages.
    public static func parse(_ contents: Data, path: String) throws -> [PlannedDevice] {
        let objects: [[String: DeviceFieldValue]]
        do {
            objects = try JSONDecoder().decode([[String: DeviceFieldValue]].self, from: contents)
        } catch {
            throw FileError.invalid(path: path, reason: reason(error))
        }
        return try objects.enumerated().map { index, fields in
            try DeviceFields(path: path, index: index, values: fields).device()
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case DecodingError.typeMismatch: "it must be a JSON array of objects, one a device"
        case DecodingError.dataCorrupted(let context):
            "it is not JSON"
                + ((context.underlyingError as NSError?)?.userInfo[NSDebugDescriptionErrorKey].map { " (\($0))" } ?? "")
        default: "it must be a JSON array of objects, one a device"
        }
    }
}

/// A field of a device file that cannot be used: where it stands, what is wrong, and the way out.
public struct DeviceFieldError: Error, Sendable, Equatable, CustomStringConvertible {
    public let path: String
    /// Position of the device in the file, from 0.
    public let index: Int
    public let field: String
    public let problem: String

    public var description: String { "\(path), device \(index): \(field) \(problem)" }
}
