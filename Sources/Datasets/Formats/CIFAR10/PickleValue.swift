/// A Python object of the few kinds that CIFAR-10's batches are made of.
indirect enum PickleValue {
    case none
    case integer(Int)
    case bytes([UInt8])
    case text(String)
    case tuple([PickleValue])
    /// Filled after it was noted: a reference.
    case list(Box<[PickleValue]>)
    /// Pairs in the order in which they were set; a reference.
    case dictionary(Box<[(key: PickleValue, value: PickleValue)]>)
    /// A function or type by module and name. It is never called: `PickleReader` knows what the few that occur stand for.
    case global(String)
    /// Numpy's description of the elements of an array, such as `u1`.
    case elementType(String)
    case array(Box<PickleArray>)

    final class Box<Value> {
        var value: Value
        init(_ value: Value) { self.value = value }
    }
}

/// An array of bytes in row-major order.
struct PickleArray {
    var shape: [Int]
    var bytes: [UInt8]
}

extension PickleValue {
    /// The value of a dictionary under a name, which Python 2 wrote as bytes.
    subscript(name: String) -> PickleValue? {
        guard case .dictionary(let pairs) = self else { return nil }
        return pairs.value.last { pair in
            switch pair.key {
            case .text(let text): text == name
            case .bytes(let bytes): bytes.elementsEqual(name.utf8)
            default: false
            }
        }?.value
    }

    /// The numbers of a list of integers; nil for anything else.
    var integers: [Int]? {
        guard case .list(let elements) = self else { return nil }
        var numbers: [Int] = []
        for element in elements.value {
            guard case .integer(let number) = element else { return nil }
            numbers.append(number)
        }
        return numbers
    }
}
