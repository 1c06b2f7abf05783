import Codec
import FedRuntime
import Foundation
import Kernels
import Storage

/// The residuals that devices keep between rounds under `devices/`, each as a frame of exact values.
struct ResidualFiles: ResidualStore {
    let files: RunFiles
    let runID: UInt64
    let layout: ParameterLayout
    let threads: Int

    func load(device: Int, before round: Int, into residual: Tensor) throws -> Int? {
        guard let last = files.residualRounds(device: device).last(where: { $0 < round }) else { return nil }
        let path = files.residualPath(device: device, round: last)
        let bytes = try readFile(path)
        let frame: UpdateFrame
        do throws(FrameError) {
            frame = try UpdateFrame(bytes, limits: FrameLimits(expecting: layout), threads: threads)
        } catch { throw FileError.invalid(path: path, reason: "\(error)") }
        let binding = frame.header.binding
        guard binding.runID == runID, binding.round == last, binding.device == device, binding.payload == .change else {
            throw FileError.invalid(path: path, reason: "it is of another run, device or round")
        }
        frame.decode(into: residual, threads: threads)
        return last
    }

    func save(_ residual: Tensor, assignment: Assignment) throws {
        let table = try ErrorTable(residual, layout: layout, quantizer: .levels(.zero), threads: threads)
        let frame = UpdateFrame.encode(
            residual, as: table.exactCoding, binding: assignment.binding, seed: assignment.settings.seed, threads: threads)
        try Folder.create(files.residualFolder(device: assignment.device.id))
        try AtomicFile.write(frame, to: files.residualPath(device: assignment.device.id, round: assignment.round))
    }
}
