import Testing

import Report

@Suite struct HTMLTextTests {
    @Test func markupIsEscapedAndControlCharactersDropped() {
        #expect(HTMLText.escape("<a href=\"x\">&'\u{0}\u{8}\n") == "&lt;a href=&quot;x&quot;&gt;&amp;&#39;\n")
        #expect(HTMLText.escape("Größe 3×") == "Größe 3×")
    }
}
