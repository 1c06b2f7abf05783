import Foundation
import Records
import Storage

extension FederatedRun {
    /// The run's energy and emissions as one line of `emissions.csv`, under CodeCarbon's column names: seconds, kilowatt-hours, watts and
    /// kilograms, added over all devices and rounds.
    ///
    /// All figures are modelled, which `tracking_mode` says: training counts as the CPU's energy, and `energy_consumed` is training, sending,
    /// receiving and waiting. Emissions are empty in runs that state no grid intensity, and so is what a run does not know.
    func emissions() throws -> CSVTable {
        let rounds = try files.rounds()
        func sum(_ value: (RoundRecord) -> Double?) -> Double { rounds.reduce(0) { $0 + (value($1) ?? 0) } }
        let seconds = sum(\.roundTimeSeconds)
        let kilowattHours = 1 / 3.6e6
        let consumed = sum { $0.energySystemJoules ?? $0.energyTotalJoules } * kilowattHours
        let trained = sum(\.energyComputeJoules)
        let kilograms = components.configuration.gridIntensity.map { consumed * $0 / 1000 }
        let values: KeyValuePairs<String, (any CustomStringConvertible)?> = [
            "timestamp": Date.now.formatted(.iso8601), "project_name": "greendiff",
            "run_id": URL(fileURLWithPath: path).lastPathComponent, "duration": seconds, "emissions": kilograms,
            "emissions_rate": kilograms.flatMap { seconds > 0 ? $0 / seconds : nil },
            "cpu_power": seconds > 0 ? trained / seconds : nil, "gpu_power": 0, "ram_power": nil,
            "cpu_energy": trained * kilowattHours, "gpu_energy": 0, "ram_energy": nil, "energy_consumed": consumed,
            "country_name": nil, "country_iso_code": nil, "region": nil, "cloud_provider": nil, "cloud_region": nil, "os": nil,
            "python_version": nil, "codecarbon_version": nil, "cpu_count": nil, "cpu_model": nil, "gpu_count": nil,
            "gpu_model": nil, "longitude": nil, "latitude": nil, "ram_total_size": nil, "tracking_mode": "modelled",
            "on_cloud": "N", "pue": 1.0,
        ]
        var table = CSVTable(values.map(\.key))
        table.append(values.map(\.value))
        return table
    }
}
