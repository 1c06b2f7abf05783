import Energy

extension DeviceProfile {
    /// Clusters of cores with a power table, without variation. `docs/devices.md` says what was measured, what is assumed, and which error to
    /// expect.
    package static let measured = [
        cluster("pixel-6-big", cores: 2, MeasuredTables.pixel6Big, flopsPerCycle: 32 * ShareOfPeak.cortexA76),
        cluster("pixel-6-middle", cores: 2, MeasuredTables.pixel6Middle, flopsPerCycle: 16 * ShareOfPeak.cortexA76),
        cluster("pixel-6-little", cores: 4, MeasuredTables.pixel6Little, flopsPerCycle: 8 * ShareOfPeak.cortexA72),
        cluster("pixel-4a-big", cores: 2, MeasuredTables.pixel4aBig, flopsPerCycle: 16 * ShareOfPeak.cortexA76),
        cluster("pixel-4a-little", cores: 6, MeasuredTables.pixel4aLittle, flopsPerCycle: 8 * ShareOfPeak.cortexA72),
        cluster("zenfone-6-prime", cores: 1, MeasuredTables.zenfone6Prime, flopsPerCycle: 16 * ShareOfPeak.cortexA76),
        cluster("pixel-2-xl-big", cores: 4, MeasuredTables.pixel2XLBig, flopsPerCycle: 8 * ShareOfPeak.cortexA72),
        cluster("pixel-2-xl-little", cores: 4, MeasuredTables.pixel2XLLittle, flopsPerCycle: 8 * ShareOfPeak.cortexA72),
        cluster("rk3399-big", cores: 2, MeasuredTables.rk3399Big, flopsPerCycle: 8 * ShareOfPeak.cortexA72, radio: .wifi),
    ]

    /// - Parameters:
    ///   - rows: of one core; the cluster is taken to draw as much for each of its cores, an upper bound where they share parts.
    ///   - flopsPerCycle: of one core.
    private static func cluster(
        _ name: String, cores: Double, _ rows: [OperatingPoint], flopsPerCycle: Double, radio: RadioClass = .lte
    ) -> DeviceProfile {
        let all = rows.map { OperatingPoint(frequencyHertz: $0.frequencyHertz, powerWatts: cores * $0.powerWatts) }
        guard let table = try? OperatingPoints(all), let lowest = table.rows.first, let highest = table.rows.last else {
            preconditionFailure("\(name): a table of the program is not usable")
        }
        var profile = product(
            name, frequencyHertz: lowest.frequencyHertz...highest.frequencyHertz, fullLoadWatts: highest.powerWatts,
            flopsPerCycle: cores * flopsPerCycle, radio: radio)
        profile.operatingPoints = table
        return profile
    }
}
