import Report
import Testing

@Suite struct QuantityTests {
    @Test func numbersHaveThreeDigitsAndAFittingUnit() {
        #expect(Quantity.bytes(14_123_456) == "14.1 MB")
        #expect(Quantity.bytes(999) == "999 B" && Quantity.bytes(0) == "0 B" && Quantity.bytes(999_999) == "1.00 MB")
        #expect(Quantity.energy(3.2149) == "3.21 J" && Quantity.energy(0.0103) == "10.3 mJ")
        #expect(Quantity.energy(1.65e-6) == "1.65 µJ")
        #expect(Quantity.time(42) == "42.0 s" && Quantity.time(0.0125) == "12.5 ms")
        #expect(Quantity.count(1_806_275) == "1.81 M" && Quantity.count(12) == "12")
        #expect(Quantity.significant(6.02e-4) == "6.0e-04" && Quantity.significant(.nan) == "nan")
        #expect(Quantity.duration(161) == "2:41" && Quantity.duration(3761) == "1:02:41")
        #expect(Quantity.duration(.infinity) == "--:--")
    }

    @Test func pagesShowAllThreeDigitsOfExtremeNumbers() {
        #expect(Quantity.scientific(6e-4) == "6.00e-4" && Quantity.scientific(.nan) == "nan")
        #expect(Quantity.scientific(1.5e7) == "1.50e7" && Quantity.scientific(0.9996) == "1.00")
    }

    @Test func aStandardErrorSaysHowManyDecimalsThereAre() {
        #expect(Quantity.measured(0.01063, error: 0.00104) == "0.0106\u{A0}±\u{A0}0.0010")
        #expect(
            Quantity.measured(0.5678, error: 0.04) == "0.568\u{A0}±\u{A0}0.040"
                && Quantity.measured(123.4, error: 12.3) == "123\u{A0}±\u{A0}12")
        #expect(
            Quantity.measured(0.5, error: 0) == "0.500\u{A0}±\u{A0}0"
                && Quantity.measured(.nan, error: .nan) == "nan\u{A0}±\u{A0}nan")
    }

    @Test func everyUnitHasItsSmallestPrefix() {
        #expect(Quantity.bytes(12) == "12.0 B" && Quantity.bytes(12.5) == "12.5 B")
        #expect(Quantity.energy(0.1176) == "118 mJ" && Quantity.energy(0) == "0 J" && Quantity.energy(.nan) == "nan J")
        #expect(Quantity.frequency(153_457_077) == "153 MHz" && Quantity.frequency(0.5) == "0.500 Hz")
        #expect(Quantity.power(0.08) == "80.0 mW" && Quantity.mass(7.84e-10) == "7.84e-4 µg" && Quantity.distance(45) == "45.0 m")
        #expect(Quantity.time(3_600) == "3600 s" && Quantity.time(12e-6) == "12.0 µs")
        #expect(Quantity.number(32) == "32" && Quantity.number(6.7) == "6.70")
    }

    @Test func axesHaveTheirOwnUnitAndDecimals() {
        #expect(Quantity.tick(0.05, step: 0.01) == "0.05")
        #expect(Quantity.axisUnit("J", largest: 0.0093) == ("mJ", 1e-3))
        #expect(Quantity.axisUnit("B", largest: .infinity) == ("B", 1))
    }
}
