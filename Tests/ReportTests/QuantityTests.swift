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
}
