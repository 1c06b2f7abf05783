/// A name that is what its bytes are: two spellings of one letter (U+00E9, or e and U+0301) are two names, as in files, and not one, as
/// for `String`.
package struct UTF8Name: Hashable, Comparable, Sendable {
    package let text: String

    package init(_ text: String) { self.text = text }

    package static func == (first: UTF8Name, second: UTF8Name) -> Bool { first.text.utf8.elementsEqual(second.text.utf8) }

    package static func < (first: UTF8Name, second: UTF8Name) -> Bool {
        first.text.utf8.lexicographicallyPrecedes(second.text.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
