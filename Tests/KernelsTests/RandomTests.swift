import Kernels
import Testing

@Suite struct RandomTests {
    /// Known answers of the Random123 distribution (`kat_vectors`, philox4x32 10).
    @Test func philoxMatchesPublishedVectors() {
        #expect(Philox.block(counter: (0, 0, 0, 0), key: (0, 0)) == (0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
        let ones = UInt32.max
        #expect(
            Philox.block(counter: (ones, ones, ones, ones), key: (ones, ones))
                == (0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
        #expect(
            Philox.block(
                counter: (0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), key: (0xa409_3822, 0x299f_31d0))
                == (0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
    }

    @Test func generatorAddressesAnyPosition() {
        let random = CounterRandom(seed: 7, stream: .timestep, round: 3, device: 5, item: 9)
        var all = random.generator()
        let words = (0..<23).map { _ in all.nextWord() }
        for start in 0..<words.count {
            var part = random.generator(at: UInt64(start))
            #expect(part.nextWord() == words[start])
        }
    }

    @Test func streamsRoundsDevicesAndItemsDiffer() {
        var firstWords: Set<UInt32> = []
        for stream in RandomStream.allCases {
            for step: UInt32 in 0..<4 {
                firstWords.insert(CounterRandom(seed: 1, stream: stream, round: step).block(0).0)
                firstWords.insert(CounterRandom(seed: 1, stream: stream, device: step + 1).block(0).0)
                firstWords.insert(CounterRandom(seed: 1, stream: stream, item: step + 1).block(0).0)
            }
        }
        #expect(firstWords.count == RandomStream.allCases.count * 12)
    }

    @Test func normalNumbersHaveUnitVariance() {
        var generator = CounterRandom(seed: 11, stream: .sampling).generator()
        let count = 100_000
        let values = (0..<count).map { _ in generator.nextNormal() }
        let mean = values.reduce(0, +) / Double(count)
        let variance = values.reduce(0) { $0 + $1 * $1 } / Double(count)
        #expect(abs(mean) < 4 / Double(count).squareRoot())
        #expect(abs(variance - 1) < 4 * (2 / Double(count)).squareRoot())
    }
}
