// swift-format-ignore-file: AlwaysUseLowerCamelCase, AllPublicDeclarationsHaveDocumentation
// Names and documentation of these functions are those of greendiff.h, which the compiler holds them to.
import CGreenDiffusion
import DevicePlanning
import GreenDiffusion

@c @implementation
public func greendiff_plan(
    _ devices: UnsafePointer<UInt8>?, _ devicesSize: Int, _ options: UnsafePointer<CChar>?, _ optionsSize: Int,
    _ plans: UnsafeMutablePointer<OpaquePointer?>?, _ notes: UnsafeMutablePointer<OpaquePointer?>?,
    _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> greendiff_status {
    reporting(error) {
        let plans = try place(plans, "the plans")
        let job = PlanJob(try bytes(devices, devicesSize), options: try planOptions(text(options, optionsSize)))
        var output: [UInt8] = []
        var lines: [String] = []
        try job.run(write: { output += copy $0 }, report: { lines.append("\($0)\n") })
        plans.pointee = ByteBuffer(output).retained()
        notes?.pointee = ByteBuffer(lines.joined().utf8).retained()
    }
}

private func planOptions(_ json: String) throws -> PlanJob.Options {
    var given = try Options(json: json)
    var options = PlanJob.Options()
    options.timeBudget = try timeBudget(&given)
    options.totalBandwidthHertz = try given.number("total_bandwidth")
    options.equations = try given.choice("equations") ?? .corrected
    options.energyModel = try given.choice("energy_model") ?? .table
    options.inputFormat = try given.choice("input_format")
    options.format = try given.choice("format") ?? .json
    options.skipInvalid = try given.flag("skip_invalid")
    options.threads = try given.threads()
    try options.choose(try given.choice("solver") ?? .fast, tolerance: try given.number("tolerance"))
    try given.end()
    try options.check()
    return options
}

private func timeBudget(_ given: inout Options) throws(ConfigurationError) -> PlanTimeBudget {
    guard let value = given.take("time_budget") else { return .asGiven }
    if value == .string("auto") { return .automatic }
    guard let seconds = value.asDouble else { throw given.failure("time_budget", value, "is neither seconds nor auto") }
    return .seconds(seconds)
}
