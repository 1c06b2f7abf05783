import Datasets
import GreenDiffusion
import RunTestSupport
import Testing

@Suite struct RunImagesTests {
    @Test(arguments: ["iid", "dirichlet:0.3"])
    func everyImageIsOnOneDevice(_ partition: String) throws {
        let configuration = try TinyRun.configuration([.images: "200", .devices: "7", .partition: partition])
        let images = try RunImages(configuration, size: .square(8), devices: 7)
        #expect(images.shards.count == 7 && images.shards.allSatisfy { !$0.isEmpty })
        #expect(images.shards.flatMap { $0 }.sorted() == Array(0..<200))
    }

    @Test func heldOutImagesAreNotTrainedOn() throws {
        let images = try RunImages(TinyRun.configuration([.images: "300"]), size: .square(8), devices: 3)
        let heldOut = try #require(images.heldOut)
        let trained = Set((0..<images.training.count).map { images.training.image(at: $0).pixels })
        #expect((0..<heldOut.count).allSatisfy { !trained.contains(heldOut.image(at: $0).pixels) })
    }

    @Test func stylesDiffer() throws {
        let day = try RunImages(TinyRun.configuration(), size: .square(8), devices: 3)
        let night = try RunImages(TinyRun.configuration([.data: "synthetic:night"]), size: .square(8), devices: 3)
        #expect(day.training.image(at: 0) != night.training.image(at: 0))
    }
}
