import ArgumentParser
import GreenDiffusion

/// How much a frame may become: a small one may say that it holds a large model.
struct UnpackOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Refuse a frame whose float32 values and carried tensors take more than this, before any of them is unpacked: bytes, or such as 4GiB.",
            valueName: "size"))
    var maxUnpacked = ByteSize(bytes: defaultMaxUnpacked)
}

/// A number of bytes as people write it: `1000000`, `500MB`, `4GiB`.
struct ByteSize: ExpressibleByArgument, Equatable {
    let bytes: Int

    private static let units: [(name: String, bytes: Double)] = [
        ("KiB", 0x1p10), ("MiB", 0x1p20), ("GiB", 0x1p30), ("TiB", 0x1p40), ("kB", 1e3), ("KB", 1e3), ("MB", 1e6), ("GB", 1e9),
        ("TB", 1e12), ("B", 1),
    ]

    init(bytes: Int) { self.bytes = bytes }

    /// From 4 bytes, one value, to 64 TiB.
    init?(argument: String) {
        let unit = Self.units.first { argument.hasSuffix($0.name) }
        let number = argument.dropLast(unit?.name.count ?? 0)
        guard let value = Double(number), value.isFinite, case let bytes = value * (unit?.bytes ?? 1), bytes >= 4, bytes <= 0x1p46
        else { return nil }
        self.init(bytes: Int(bytes))
    }

    var defaultValueDescription: String { "1GiB" }
}
