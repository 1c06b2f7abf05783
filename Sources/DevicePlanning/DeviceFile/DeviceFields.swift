import Energy
import FedRuntime
import Storage

/// The fields of one device of a file. One value serves all devices of a file in turn.
package struct DeviceFields {
    private var values = [DeviceFieldValue?](repeating: nil, count: DeviceField.allCases.count)
    /// Defaults of missing numbers: the profile's where the device names one, else the paper's.
    private var standards = DeviceField.standards
    /// The profile that the device names.
    private(set) var profile: DeviceProfile?
    /// The form of its power that is asked for.
    let energyModel: EnergyModel
    /// The first thing that is wrong with the device as it was read.
    private var fault: Fault?

    init(energyModel: EnergyModel = .table) { self.energyModel = energyModel }

    /// What is wrong with a device: the field, nil where the device as a whole cannot be read, and why.
    package struct Fault: Error, Equatable {
        let field: String?
        private let reason: String?

        init(field: String?, problem: String) { (self.field, reason) = (field, problem) }
        init(_ field: DeviceField, _ problem: String) { self.init(field: field.name, problem: problem) }
        /// A name that is no field.
        init(unknown name: String) { (field, reason) = (name, nil) }

        /// In words. The field that a name may stand for is looked for here: a file may have a million such names.
        var problem: String {
            if let reason { return reason }
            return "is not a field of a device" + (nearest.map { "; did you mean \($0)?" } ?? "")
        }

        /// Whether only the list of all fields helps.
        var needsFieldList: Bool { reason == nil && nearest == nil }

        private var nearest: String? { field.flatMap(DeviceField.nearest) }
    }

    subscript(field: DeviceField) -> DeviceFieldValue? {
        get { values[field.rawValue] }
        set {
            if values[field.rawValue] != nil { note(Fault(field, "is there twice; leave one out")) }
            values[field.rawValue] = newValue
        }
    }

    mutating func removeAll() {
        if self[.profile] != nil { (standards, profile) = (DeviceField.standards, nil) }
        for index in values.indices { values[index] = nil }
        fault = nil
    }

    /// A misspelt field would silently become its default.
    mutating func noteUnknown(_ name: String) { note(Fault(unknown: name)) }

    private mutating func note(_ fault: Fault) {
        if self.fault == nil { self.fault = fault }
    }

    /// Notes that the device as a whole cannot be read, which goes before what is wrong with its fields.
    mutating func noteUnreadable(_ problem: String) { fault = Fault(field: nil, problem: problem) }

    /// Ends the reading of a device: what its profile says stands for missing fields.
    ///
    /// - Throws: the first fault that was noted, or a profile that is unknown.
    mutating func settle() throws(Fault) {
        if let fault { throw fault }
        switch self[.profile] {
        case nil: return
        case .text(let name):
            let profile: DeviceProfile
            do throws(DeviceError) { profile = try DeviceProfile.named(name.excerpt) } catch {
                throw Fault(.profile, "is \(name.excerpt): \(error), or name for a label of your own")
            }
            self.profile = profile
            for (index, row) in DeviceField.rows.enumerated() {
                if let value = row.inProfile { standards[index] = value(profile) }
            }
        case .number(let value): throw Fault(.profile, "is \(value); use the name of a profile")
        case .points: throw Fault(.profile, "is an array; use the name of a profile")
        case .other(let value): throw Fault(.profile, "is \(value); use the name of a profile")
        }
    }
}

extension DeviceFields {
    /// The field's number, or what stands for it.
    func number(_ field: DeviceField) throws(Fault) -> Double {
        let standard = standards[field.rawValue]
        switch self[field] {
        case nil: return standard
        case .number(let number): return number
        case .text(let text):
            let isNumber = DecimalNumber.value(text) != nil
            let wayOut = isNumber ? "use a number without quotation marks" : "use a number, with a point before decimals"
            throw Fault(field, "is the text \"\(text.excerpt)\"; \(wayOut)")
        case .points: throw Fault(field, "is an array; use a number, or leave the field out for \(standard)")
        case .other(let value): throw Fault(field, "is \(value); use a number, or leave the field out for \(standard)")
        }
    }

    /// Whether the field says yes; no where it is missing.
    func flag(_ field: DeviceField) throws(Fault) -> Bool {
        switch self[field] {
        case nil, .other("false"), .text("false"), .number(0): false
        case .other("true"), .text("true"), .number(1): true
        default: throw Fault(field, "is neither true nor false")
        }
    }

    /// As `number`, for whole numbers within the table's limits.
    func wholeNumber(_ field: DeviceField) throws(Fault) -> Double {
        let value = try number(field)
        guard let limits = DeviceField.rows[field.rawValue].limits, limits.contains(value), value == value.rounded() else {
            let row = DeviceField.rows[field.rawValue]
            let limits = row.limits.map { " in \(Int($0.lowerBound))...\(Int($0.upperBound))" } ?? ""
            let paper = row.standard.map { "; the paper uses \(Int($0))" } ?? ""
            throw Fault(field, "\(value) is not a whole number\(limits)\(paper)")
        }
        return value
    }

    /// Its uplink.
    func radio() throws -> RadioModel {
        try RadioModel(
            bandwidthHertz: number(.bandwidth), channelGain: number(.channelGain), distanceMetres: number(.distance),
            pathLossExponent: number(.pathLossExponent), noiseDBmPerMegahertz: number(.noise), powerMinWatts: number(.powerMin),
            powerMaxWatts: number(.powerMax), circuitPowerWatts: number(.circuitPower),
            amplifierEfficiency: number(.amplifierEfficiency))
    }

    /// What `make` gives; what a model refuses becomes a fault of the field.
    func made<Device>(_ make: () throws -> Device) throws(Fault) -> Device {
        do { return try make() } catch let fault as Fault { throw fault } catch let error as EnergyInputError {
            let unit = error.unit.isEmpty ? "" : " \(error.unit)"
            throw Fault(field: error.field, problem: "\(error.value)\(unit) is outside \(error.limit); \(error.wayOut)")
        } catch { throw Fault(field: nil, problem: "\(error)") }
    }
}
