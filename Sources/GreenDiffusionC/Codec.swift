// swift-format-ignore-file: AlwaysUseLowerCamelCase, AllPublicDeclarationsHaveDocumentation
// Names and documentation of these functions are those of greendiff.h, which the compiler holds them to.
import CGreenDiffusion
import Foundation
import GreenDiffusion
import Inspection

@c @implementation
public func greendiff_quantize(
    _ tensors: UnsafePointer<UInt8>?, _ tensorsSize: Int, _ options: UnsafePointer<CChar>?, _ optionsSize: Int,
    _ frame: UnsafeMutablePointer<OpaquePointer?>?, _ summary: UnsafeMutablePointer<OpaquePointer?>?,
    _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> greendiff_status {
    reporting(error) {
        let frame = try place(frame, "the frame")
        let made = try quantizer(text(options, optionsSize)).quantize(bytes(tensors, tensorsSize))
        let report = try summary.map { _ in ByteBuffer(try jsonText(of: made.summary).utf8) }
        frame.pointee = ByteBuffer(made.frame).retained()
        summary?.pointee = report?.retained()
    }
}

private func quantizer(_ json: String) throws(ConfigurationError) -> TensorFileQuantizer {
    var given = try Options(json: json)
    var options = QuantizationOptions()
    (options.bits, options.bytes) = (try given.integer("bits"), try given.integer("bytes"))
    options.errorRelative = try given.number("error_relative")
    options.errorAbsolute = try given.number("error_absolute")
    options.grid = try given.choice("grid") ?? .paper
    options.rounding = try given.choice("rounding") ?? .dither
    options.groupSize = try given.integer("group_size") ?? 0
    let (seed, threads) = (try given.seed(), try given.threads())
    try given.end()
    return try options.quantizer(seed: seed, threads: threads)
}

/// The options of whatever reads frames.
private func unpacking(_ json: String) throws(ConfigurationError) -> (maxUnpacked: Int, threads: Int) {
    var given = try Options(json: json)
    let options = (try given.maxUnpacked(), try given.threads())
    try given.end()
    return options
}

@c @implementation
public func greendiff_dequantize(
    _ frame: UnsafePointer<UInt8>?, _ frameSize: Int, _ options: UnsafePointer<CChar>?, _ optionsSize: Int,
    _ tensors: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> greendiff_status {
    reporting(error) {
        let tensors = try place(tensors, "the tensors")
        let (maxUnpacked, threads) = try unpacking(text(options, optionsSize))
        let file = try dequantizedTensorFile(bytes(frame, frameSize), maxUnpacked: maxUnpacked, threads: threads)
        tensors.pointee = ByteBuffer(file).retained()
    }
}

@c @implementation
public func greendiff_inspect(
    _ frame: UnsafePointer<UInt8>?, _ frameSize: Int, _ options: UnsafePointer<CChar>?, _ optionsSize: Int,
    _ report: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> greendiff_status {
    reporting(error) {
        let report = try place(report, "the report")
        let (maxUnpacked, threads) = try unpacking(text(options, optionsSize))
        let inspected = try InspectionReport(bytes(frame, frameSize), maxUnpacked: maxUnpacked, threads: threads)
        report.pointee = ByteBuffer(try jsonText(of: inspected).utf8).retained()
    }
}

/// A sum of frames.
private final class AverageHandle: Handle, @unchecked Sendable {
    var average: FrameAverage

    init(_ average: FrameAverage) { self.average = average }
}

@c @implementation
public func greendiff_average_open(
    _ options: UnsafePointer<CChar>?, _ optionsSize: Int, _ average: UnsafeMutablePointer<OpaquePointer?>?,
    _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> greendiff_status {
    reporting(error) {
        let place = try place(average, "the average")
        let (maxUnpacked, threads) = try unpacking(text(options, optionsSize))
        place.pointee = AverageHandle(FrameAverage(maxUnpacked: maxUnpacked, threads: threads)).retained()
    }
}

@c @implementation
public func greendiff_average_free(_ average: OpaquePointer?) { Handle.release(average) }

@c @implementation
public func greendiff_average_add(
    _ average: OpaquePointer?, _ frame: UnsafePointer<UInt8>?, _ frameSize: Int, _ weight: Double,
    _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> greendiff_status {
    reporting(error) {
        let handle = try AverageHandle.object(average)
        let frame = try bytes(frame, frameSize)
        try handle.exclusively { try handle.average.add(frame, weight: weight) }
    }
}

@c @implementation
public func greendiff_average_finish(
    _ average: OpaquePointer?, _ tensors: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<OpaquePointer?>?
) -> greendiff_status {
    reporting(error) {
        let handle = try AverageHandle.object(average)
        let tensors = try place(tensors, "the tensors")
        tensors.pointee = ByteBuffer(try handle.exclusively { try handle.average.mean() }).retained()
    }
}
