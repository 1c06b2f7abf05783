import Foundation
import TestSupport
import Testing

// The example of the library's page, word for word.
// begin
import GreenDiffusion

func trainAndDraw(in folder: String) throws {
    // Configure. The defaults are a run on drawn traffic signs; a setting is a property, or a name and a text.
    var configuration = RunConfiguration()
    configuration.preset = .tiny
    configuration.data = .synthetic(style: "night")
    configuration.images = 48
    configuration.devices = .generated(count: 3)
    configuration.rounds = 2
    try configuration.set(.demand, to: "0.02:0.05")

    // Start in a new folder, and train to the last round. The folder is in use until the run is gone.
    do {
        let run = try FederatedRun.start(configuration, at: "\(folder)/run")
        try run.train { progress in
            guard progress.isRoundEnd, let round = progress.last else { return }
            print("round \(round.round): loss \(round.loss ?? .nan), \(round.energyTotalJoules) J")
        }
    }

    // Go on for one more round, later or in another process.
    let longer = try FederatedRun.resume("\(folder)/run", changing: [(.rounds, "3")])
    try longer.train { _ in }

    // Draw images with the averaged weights.
    let drawing = ImageDrawing(
        method: .ddim, steps: 5, count: 4, seed: 0, threads: 1, gridPath: "\(folder)/signs.png", folder: nil)
    try drawing.run(.checkpoint(folder: longer.files.modelFolder)) { _ in }
}
// end

@Suite struct LibraryPageTests {
    @Test func theExampleRuns() throws {
        let folder = TemporaryFolder()
        try trainAndDraw(in: folder.path)
        #expect(FileManager.default.fileExists(atPath: folder.path("signs.png")))
        #expect(FileManager.default.fileExists(atPath: folder.path("run/checkpoints/round-00003")))
    }

    @Test func thePageShowsThatExample() throws {
        let source = try String(contentsOfFile: #filePath, encoding: .utf8)
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
        let path = root.appendingPathComponent("Sources/GreenDiffusion/GreenDiffusion.docc/GreenDiffusion.md")
        let page = try String(contentsOf: path, encoding: .utf8)
        let example = try #require(source.firstMatch(of: /\/\/ begin\n([\s\S]*?)\/\/ end\n/)).1
        #expect(page.contains("```swift\n\(example)```\n"))
    }
}
