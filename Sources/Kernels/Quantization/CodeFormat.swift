/// How signed codes of a fixed width stand for magnitudes: a grid without its scale.
///
/// A code of `bits` bits is a two's complement integer in `-largestCode...largestCode`; 0 is exact zero and the most negative
/// integer is reserved. Code `+-c` with c > 0 stands for `+-(offset + (c - levelShift) * step)`: the paper's grid starts at the
/// group's smallest magnitude (`levelShift` 1), the zero grid at zero (`levelShift` 0, `offset` 0). [Lai23 eq. 1] (corrected)
package struct CodeFormat: Sendable, Equatable {
    /// Bits a code, 2...8.
    package let bits: Int
    /// 1 where code 1 stands for the lowest level, 0 where code 0 does.
    package let levelShift: Int

    package init(bits: Int, levelShift: Int) {
        precondition((2...8).contains(bits) && (0...1).contains(levelShift) && bits - levelShift >= 2, "no such code format")
        (self.bits, self.levelShift) = (bits, levelShift)
    }

    /// `L = 2^(bits-1) - 1`.
    package var largestCode: Int { (1 << (bits - 1)) - 1 }
    /// Index of the highest level.
    package var topLevel: Int { largestCode - levelShift }
    /// The code that never occurs.
    package var reservedCode: Int { -(1 << (bits - 1)) }

    /// Bytes of `count` packed codes.
    package func packedBytes(_ count: Int) -> Int { (count * bits + 7) / 8 }

    /// The scale of a group whose non-zero magnitudes span `range`.
    ///
    /// The step is the smallest float that lets the top level reach the largest magnitude, so every magnitude lies between two
    /// levels, subnormals included. A group with one magnitude lies on a level exactly: the offset, or (zero grid) a power of two.
    package func scale(for range: MagnitudeRange) -> GroupScale {
        guard range.largest > 0 else { return GroupScale(offset: 0, step: 0) }
        if levelShift == 0, range.smallest == range.largest {
            return GroupScale(offset: 0, step: exactStep(dividing: range.largest))
        }
        let offset = levelShift == 0 ? 0 : range.smallest
        let span = range.largest - offset
        let step = span / Float(topLevel)
        let reaches = Double(step) * Double(topLevel) >= Double(span)
        // `step.nextUp` where it does not, without a branch that nobody can predict.
        return GroupScale(offset: offset, step: Float(bitPattern: step.bitPattern + (reaches ? 0 : 1)))
    }
}

extension CodeFormat {
    /// `magnitude` over the largest power of two up to half the levels that divides it without rounding.
    private func exactStep(dividing magnitude: Float) -> Float {
        var level = Float(1 << (bits - 2))
        while magnitude / level * level != magnitude { level /= 2 }
        return magnitude / level
    }
}

/// Where a group's levels lie: level l has the magnitude `offset + l * step`, in float32, product rounded before the sum.
package struct GroupScale: Sendable, Equatable {
    package let offset: Float
    package let step: Float

    package init(offset: Float, step: Float) { (self.offset, self.step) = (offset, step) }

    /// The magnitude of a level.
    @inline(__always)
    package func magnitude(level: Int) -> Float { offset + Float(level) * step }
}
