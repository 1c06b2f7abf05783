import Datasets
import ImageFiles
import Kernels
import Testing

@Suite struct SyntheticSignsTests {
    @Test func imagesArePureFunctionsOfSeedIndexAndStyle() throws {
        let set = try SyntheticSigns(count: 50, seed: 3)
        let again = try SyntheticSigns(count: 50, seed: 3)
        let backwards = (0..<50).reversed().map { again.image(at: $0) }
        #expect((0..<50).map { set.image(at: $0) } == Array(backwards.reversed()))
        #expect(set.image(at: 4) != set.image(at: 5))
        #expect(try SyntheticSigns(count: 50, seed: 4).image(at: 4) != set.image(at: 4))
    }

    @Test func windowsOfOneSequenceAgree() throws {
        let whole = try SyntheticSigns(count: 30, seed: 1)
        let tail = try SyntheticSigns(count: 10, seed: 1, firstIndex: 20)
        #expect(tail.image(at: 3) == whole.image(at: 23))
        #expect(tail.label(at: 3) == whole.label(at: 23))
    }

    @Test func stylesShareLabelsAndDifferInLight() throws {
        func mean(_ style: SignStyle) throws -> Double {
            let set = try SyntheticSigns(count: 200, seed: 9, style: style)
            let day = try SyntheticSigns(count: 200, seed: 9)
            #expect((0..<200).allSatisfy { set.label(at: $0) == day.label(at: $0) })
            let sum = (0..<200).reduce(0) { $0 + set.image(at: $1).pixels.reduce(0) { $0 + Int($1) } }
            return Double(sum) / Double(200 * 32 * 32 * 3)
        }
        let (day, night) = (try mean(.day), try mean(.night))
        #expect(night < 0.75 * day, "night \(night), day \(day)")
    }

    @Test func everyClassOccursAboutEquallyOften() throws {
        let set = try SyntheticSigns(count: 20_000, seed: 5)
        let expected = Double(set.count) / Double(set.classNames.count)
        for (name, count) in zip(set.classNames, set.classCounts()) {
            #expect(abs(Double(count) - expected) < 5 * expected.squareRoot(), "\(name): \(count), expected \(expected)")
        }
        #expect(Set(set.classNames).count == set.classNames.count)
    }

    /// The mean image of a class shows its symbol, so classes must differ much more than two halves of one class do.
    @Test func classesLookDifferent() throws {
        let set = try SyntheticSigns(count: 8_000, seed: 6)
        var means = [[Double]](repeating: [Double](repeating: 0, count: 32 * 32 * 3), count: set.classNames.count * 2)
        var counts = [Double](repeating: 0, count: means.count)
        for index in 0..<set.count {
            let slot = set.label(at: index) * 2 + index % 2
            counts[slot] += 1
            for (position, byte) in set.image(at: index).pixels.enumerated() { means[slot][position] += Double(byte) }
        }
        for slot in means.indices { means[slot] = means[slot].map { $0 / counts[slot] } }
        func distance(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + abs($1.0 - $1.1) } / Double(a.count) }
        let stop = try #require(set.classNames.firstIndex(of: "stop"))
        let ahead = try #require(set.classNames.firstIndex(of: "ahead"))
        #expect(distance(means[stop * 2], means[ahead * 2]) > 2 * distance(means[stop * 2], means[stop * 2 + 1]))
    }

    @Test func otherSidesWork() throws {
        for side in [8, 17, 64] {
            let image = try SyntheticSigns(count: 1, seed: 2, size: .square(side)).image(at: 0)
            #expect((image.width, image.height) == (side, side))
            #expect(Set(image.pixels).count > 8)
        }
    }

    @Test func countsAndSidesOutsideTheLimitsAreRefused() {
        #expect(throws: DatasetError.self) { try SyntheticSigns(count: 0, seed: 1) }
        #expect(throws: DatasetError.self) { try SyntheticSigns(count: 1, seed: 1, size: .square(7)) }
        #expect(throws: DatasetError.self) { try SyntheticSigns(count: 1, seed: 1, firstIndex: -1) }
    }

    @Test func batchesHoldNormalizedPixels() throws {
        let set = try SyntheticSigns(count: 6, seed: 8)
        let batch = Tensor(shape: [2, 32, 32, 3])
        set.load([5, 1], into: batch)
        let values = batch.values
        let (fifth, first) = (set.image(at: 5).pixels, set.image(at: 1).pixels)
        #expect(values[100] == Float(fifth[100]) / 127.5 - 1)
        #expect(values[3072 + 7] == Float(first[7]) / 127.5 - 1)
        #expect(values.allSatisfy { (-1...1).contains($0) })
    }
}

@Suite struct PixelScaleTests {
    @Test func bytesSurviveTheRoundTrip() {
        for byte in UInt8.min...UInt8.max { #expect(pixelByte(normalizedPixel(byte)) == byte) }
    }

    @Test func valuesOutsideAreClamped() {
        #expect([-1.2, 1.2, Float.infinity, -.infinity, .nan].map(pixelByte) == [0, 255, 255, 0, 0])
    }
}
