import DevicePlanning
import Energy
import FedRuntime
import Foundation
import Storage
import TestSupport
import Testing

/// Every numeric field at every end of what a number can be: planned, infeasible, or refused with its name.
@Suite struct ExtremeDeviceTests {
    private static let extremes = [
        "-0.0", "0", "5e-324", "2.2250738585072014e-308", "1e-300", "1e-12", "1", "4503599627370497.5", "9223372036854775807",
        "1e308", "1.7976931348623157e308", "-1e308", "-5e-324", "1e-9", "1e12", "1e15", "1e18", "1e6", "0.001", "10", "100",
        "-300",
    ]
    private static let fields = DeviceField.rows.filter { $0.limits != nil || $0.name.hasPrefix("demand") }.map(\.name)

    private func isFinite(_ value: Any) -> Bool {
        switch value {
        case let number as NSNumber: number.doubleValue.isFinite
        case let values as [Any]: values.allSatisfy(isFinite)
        case let values as [String: Any]: values.values.allSatisfy(isFinite)
        default: true
        }
    }

    @Test(arguments: [nil, 5e7, 1, 1e15] as [Double?], [PlanTimeBudget.asGiven, .automatic])
    func aPlanOfAnyFieldIsFinite(band: Double?, time: PlanTimeBudget) throws {
        let devices = Self.fields.flatMap { field in
            Self.extremes.map { #"{"id": "\#(field) \#($0)", "\#(field)": \#($0)}"# }
        }
        // Devices that share time or band with others may keep them from any plan: each is alone beside an ordinary one.
        let files = band == nil && time == .asGiven ? [devices.joined(separator: ", ")] : devices
        for devices in files {
            let file = try PlanFile("[\(devices), {}]")
            do {
                for format in [PlanFormat.json, .table] {
                    let (text, _) = try file.plan {
                        ($0.format, $0.totalBandwidthHertz, $0.timeBudget, $0.skipInvalid) = (format, band, time, true)
                    }
                    if format == .json {
                        #expect(isFinite(try JSONSerialization.jsonObject(with: Data(text.utf8))), "\(devices): \(text)")
                    } else {
                        #expect(!text.contains("nan") && !text.contains(" inf "), "\(text)")
                    }
                }
            } catch let error as EnergyInputError {
                // No time budget serves all.
                #expect(error.field == "time_budget_s", "\(error)")
            }
        }
    }

    /// Two ends at a time, by the paper's solver too.
    @Test func pairsOfLimitsArePlanned() throws {
        let limits = DeviceField.rows.compactMap { row in row.limits.map { (row.name, [$0.lowerBound, $0.upperBound]) } }
        for (first, firstEnds) in limits {
            for (second, secondEnds) in limits where second > first {
                let devices = firstEnds.flatMap { a in secondEnds.map { b in #"{"\#(first)": \#(a), "\#(second)": \#(b)}"# } }
                let file = try PlanFile("[\(devices.joined(separator: ",")), {}]")
                for solver in [EnergySolver.fast, .algorithm1(try Algorithm1())] {
                    let text = try file.plan { ($0.format, $0.skipInvalid, $0.solver) = (.json, true, solver) }.text
                    #expect(isFinite(try JSONSerialization.jsonObject(with: Data(text.utf8))), "\(first) \(second): \(text)")
                }
            }
        }
    }

    @Test func aRunTakesOrNamesThem() throws {
        for field in Self.fields {
            for value in Self.extremes {
                let file = try PlanFile(#"[{"\#(field)": \#(value)}]"#)
                do throws(FileError) {
                    let devices = try DeviceReader.federatedDevices(
                        path: file.path, samples: [3], demand: .same(.bytes(1)), bits: 2...8)
                    for device in devices {
                        #expect(device.idlePowerWatts.sign == .plus && device.receiverPowerWatts.sign == .plus)
                    }
                } catch {
                    #expect(error.reason.contains("line 1, device 0: "), "\(error)")
                }
            }
        }
    }

    @Test func aNegativeZeroIsZero() throws {
        for field in ["power_min_w", "frequency_min_hz"] {
            let negative = try PlanFile("[{\"\(field)\": -0.0}]").devices(), zero = try PlanFile("[{\"\(field)\": 0}]").devices()
            #expect(negative == zero && negative[0].problem.radio.powerMinWatts.sign == .plus)
            #expect(negative[0].problem.compute.frequencyMinHertz.sign == .plus)
            #expect(try PlanFile("[{\"\(field)\": -0.0}]").plan().text.contains("1 of 1 devices feasible"))
        }
    }
}
