/// The value of one field of a device, as its file has it.
enum DeviceFieldValue: Equatable, Sendable {
    case number(Double)
    case text(String)
    /// Rows of a power table.
    case points([OperatingRow])
    /// A Boolean, null, array or object: nothing that a device has.
    case other(String)
}
