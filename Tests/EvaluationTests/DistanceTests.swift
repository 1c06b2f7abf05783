import Foundation
import ImageQuality
import Kernels
import Testing

@Suite struct DistanceTests {
    @Test(arguments: DistanceFixture.names) func frechetDistanceIsThatOfScipysMatrixRoot(name: String) throws {
        let fixture = try DistanceFixture(name)
        let distance = try frechetDistance(
            FeatureMoments(of: fixture.reference, threads: 2), FeatureMoments(of: fixture.samples, threads: 2), threads: 2)
        #expect(abs(distance / fixture.values.frechetDistance - 1) <= 1e-6, "\(distance)")
    }

    @Test(arguments: DistanceFixture.names) func kernelDistanceIsThatOfTorchFidelityOnItsSubsets(name: String) throws {
        let fixture = try DistanceFixture(name)
        let values = KernelDistance.discrepancies(
            reference: fixture.reference, samples: fixture.samples, subsets: fixture.subsets, threads: 2)
        let result = KernelDistance.summary(of: values, subsetSize: 30)
        // torch-fidelity divides squares by the number of subsets.
        let error = fixture.values.kidDeviation / Double(values.count - 1).squareRoot()
        #expect(abs(result.mean / fixture.values.kidMean - 1) <= 1e-4, "\(result.mean)")
        let standardError = try #require(result.standardError)
        // Where every subset is the whole set, what is left is rounding.
        #expect(abs(standardError - error) <= 1e-4 * max(error, abs(result.mean)), "\(standardError)")
    }

    @Test(arguments: DistanceFixture.names) func precisionAndRecallAreThoseOfTorchFidelity(name: String) throws {
        let fixture = try DistanceFixture(name)
        let result = try #require(PrecisionRecall(reference: fixture.reference, samples: fixture.samples, threads: 2))
        #expect(abs(result.precision - fixture.values.precision) <= 1e-6, "\(result.precision)")
        #expect(abs(result.recall - fixture.values.recall) <= 1e-6, "\(result.recall)")
    }

    @Test(arguments: DistanceFixture.names) func mongeDistanceIsItsDefinition(name: String) throws {
        let fixture = try DistanceFixture(name)
        let count = min(fixture.reference.shape[0], fixture.samples.shape[0])
        let distance = MongeDistance.distance(
            fixture.reference.rows(Array(0..<count)), fixture.samples.rows(Array(0..<count)), directions: fixture.directions,
            threads: 2)
        #expect(abs(distance / fixture.values.mind - 1) <= 1e-4, "\(distance)")
    }

    @Test func equalSetsHaveNoDistance() throws {
        let features = randomFeatures(50, 12, seed: 1)
        let moments = FeatureMoments(of: features, threads: 1)
        #expect(try frechetDistance(moments, moments, threads: 1) <= 1e-12)
        #expect(MongeDistance.distance(reference: features, samples: features, seed: 3, threads: 1) == 0)
        let shares = try #require(PrecisionRecall(reference: features, samples: features, threads: 1))
        #expect(shares.precision == 1 && shares.recall == 1)
    }

    /// For normal distributions that differ by a shift s of every one of d features: Frechet d s^2, MIND 3 d s^2.
    @Test func aShiftIsFoundAtItsSize() throws {
        let (count, extent, shift) = (4000, 10, 0.5)
        let reference = randomFeatures(count, extent, seed: 1)
        let samples = randomFeatures(count, extent, seed: 2, shift: Float(shift))
        let expected = Double(extent) * shift * shift
        let frechet = try frechetDistance(
            FeatureMoments(of: reference, threads: 2), FeatureMoments(of: samples, threads: 2), threads: 2)
        let monge = MongeDistance.distance(reference: reference, samples: samples, seed: 0, threads: 2)
        #expect(abs(frechet / expected - 1) <= 0.1, "\(frechet)")
        #expect(abs(monge / (3 * expected) - 1) <= 0.15, "\(monge)")
    }

    @Test func jackknifeErrorIsTheSpreadOverManySets() throws {
        let distances = (0..<60).map { (trial: Int) -> KernelDistance in
            KernelDistance.distance(
                reference: randomFeatures(40, 6, seed: UInt64(2 * trial)),
                samples: randomFeatures(40, 6, seed: UInt64(2 * trial + 1), shift: 0.5), seed: 0, threads: 1)
        }
        #expect(distances.allSatisfy { $0.subsetCount == 1 && $0.subsetSize == 40 })
        let values = distances.map(\.mean)
        let spread =
            (KernelDistance.summary(of: values, subsetSize: 40).standardError ?? .nan) * Double(values.count).squareRoot()
        let errors: [Double] = distances.map { $0.standardError ?? .nan }
        let stated = errors.reduce(0, +) / Double(errors.count)
        #expect(abs(stated / spread - 1) <= 0.35, "stated \(stated), seen \(spread)")
    }

    @Test func fewerImagesThanASubsetGiveSubsetsOfAllOfTheSmallerSet() {
        let result = KernelDistance.distance(
            reference: randomFeatures(70, 5, seed: 1), samples: randomFeatures(30, 5, seed: 2), seed: 0, threads: 2)
        #expect(result.subsetSize == 30 && result.subsetCount == 100)
        #expect((result.standardError ?? 0) > 0)
    }

    @Test func distancesAreTheSameForAnyNumberOfThreads() throws {
        let reference = randomFeatures(700, 300, seed: 1)
        let samples = randomFeatures(650, 300, seed: 2, shift: 0.1)
        let results = try [1, 2, 3].map { threads in
            let shares = PrecisionRecall(reference: reference, samples: samples, threads: threads)
            return [
                try frechetDistance(
                    FeatureMoments(of: reference, threads: threads), FeatureMoments(of: samples, threads: threads),
                    threads: threads),
                KernelDistance.discrepancies(
                    reference: reference, samples: samples,
                    subsets: [(Array(0..<90), Array(0..<90)), (Array(9..<99), Array(0..<90))],
                    threads: threads)[1],
                shares?.precision ?? .nan, shares?.recall ?? .nan,
                MongeDistance.distance(reference: reference, samples: samples, seed: 0, threads: threads),
            ].map(\.bitPattern)
        }
        #expect(results[0] == results[1] && results[0] == results[2])
    }

    @Test func seedsDecideWhatIsDrawn() {
        func draw(_ seed: UInt64) -> [Int] { EvaluationRandom.subset(of: 100, size: 10, .referenceImages, number: 0, seed: seed) }
        #expect(draw(1) == draw(1) && draw(1) != draw(2))
        #expect(Set(draw(1)).count == 10 && draw(1) == draw(1).sorted())
        let directions = EvaluationRandom.directions(20, extent: 7, seed: 5)
        for row in 0..<20 {
            let values = (0..<7).map { Double(directions[row * 7 + $0]) }
            #expect(abs(values.reduce(0) { $0 + $1 * $1 } - 1) <= 1e-5)
        }
    }
}
