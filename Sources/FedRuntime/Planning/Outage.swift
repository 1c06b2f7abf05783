import Records

/// A plan that is not the wanted one, and why.
package struct Outage: Sendable, Equatable {
    package let action: DeviceRecord.OutageAction
    /// What the wanted plan broke, and what is planned instead.
    package let reason: String
}
