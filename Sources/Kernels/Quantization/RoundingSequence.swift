import CKernels

/// A tensor's sequence of random bits, ready for the kernels. Threads share it: nothing changes after `init`.
package final class RoundingSequence: @unchecked Sendable {
    // SAFETY: points to one initialised sequence that nothing writes to after `init`, freed with `self`.
    private let sequence: UnsafeMutablePointer<gd_sequence>
    /// Valid as long as `self`.
    var pointer: UnsafePointer<gd_sequence> { UnsafePointer(sequence) }

    package init(_ random: CounterRandom) {
        sequence = .allocate(capacity: 1)
        sequence.initialize(to: gd_sequence())
        var source = gd_random(key: (random.key.0, random.key.1), counter: (random.item, random.device, random.round))
        gd_prepare_sequence(&source, sequence)
    }

    deinit { sequence.deallocate() }

    /// The bits from chunk `chunk` of 64 elements on, valid as long as `self`.
    func bits(chunk: Int) -> gd_random_bits { gd_random_bits(sequence: sequence, chunk: Int64(chunk)) }
}

/// The 16 random bits of element `index`, in plain form.
///
/// Element i takes them from the Philox block `8 * (i / 64) + i % 8` of its tensor's sequence: word `(i / 16) % 4`, its low half
/// where `(i / 8) % 2` is 0, else its high half. This is part of the update frame's specification.
package func roundingBitsReference(_ random: CounterRandom, _ index: Int) -> UInt32 {
    let block = random.block(UInt32(truncatingIfNeeded: 8 * (index / 64) + index % 8))
    let words = [block.0, block.1, block.2, block.3]
    return words[(index / 16) % 4] >> UInt32(16 * ((index / 8) % 2)) & 0xFFFF
}
