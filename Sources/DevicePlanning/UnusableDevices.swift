/// The devices of a file that cannot be used.
package struct UnusableDevices: Error, Sendable, CustomStringConvertible {
    package let path: String
    /// The first of them.
    package private(set) var shown: [UnusableDevice] = []
    /// How many there are, of how many devices.
    package private(set) var count = 0
    package private(set) var devices = 0

    /// So many are told one by one.
    package static let mostShown = 100

    private let settingPrefix: String

    init(path: String, settingPrefix: String) { (self.path, self.settingPrefix) = (path, settingPrefix) }

    mutating func add(_ error: UnusableDevice) {
        count += 1
        if shown.count < Self.mostShown { shown.append(error) }
    }

    /// Throws where there are some, or reports them where they are to be skipped and others are left.
    mutating func settle(devices: Int, skip: Bool, report: (String) -> Void) throws(UnusableDevices) {
        self.devices = devices
        guard count > 0 else { return }
        guard skip, count < devices else { throw self }
        for line in lines { report(line) }
        report("\(path): skipped \(count) of \(devices) devices")
    }

    /// A line for each device that is told.
    package var lines: [String] {
        shown.map(\.description) + (count > shown.count ? ["\(path): and \(count - shown.count) further devices"] : [])
            + (shown.contains(where: \.fault.needsFieldList) ? ["\(path): \(DeviceField.list)"] : [])
    }

    package var description: String {
        "\(path): \(count) of \(devices) devices cannot be used and nothing was planned; "
            + (count < devices ? "correct them, or plan the others with \(settingPrefix)skip-invalid" : "correct them")
    }
}
