import Testing

@testable import bench

struct ServeTests {
    @Test func readsRequests() throws {
        let line = #"{"request": "prepare", "slot": "a", "case": "linear/fwd/n1ci2co3", "threads": 2, "verify": true}"#
        #expect(
            try ServeRequest(parsing: line)
                == .prepare(slot: "a", problem: "linear/fwd/n1ci2co3", threads: 2, verify: true))
        #expect(try ServeRequest(parsing: #"{"request": "run", "slot": "a", "calls": 3}"#) == .run(slot: "a", calls: 3))
        #expect(try ServeRequest(parsing: #"{"request": "memory"}"#) == .memory)
        #expect(try ServeRequest(parsing: #"{"request": "speed", "threads": 2}"#) == .speed(threads: 2))
    }

    @Test(arguments: [
        ("", ServeError.malformed("")),
        (#"{"request": "sing"}"#, .malformed(#"{"request": "sing"}"#)),
        (#"{"request": "run", "slot": "a"}"#, .missing("calls")),
        (#"{"request": "run", "slot": "a", "calls": 0}"#, .outOfRange("calls", 0)),
        (#"{"request": "prepare", "slot": "a", "case": "x", "threads": 0}"#, .outOfRange("threads", 0)),
        (#"{"request": "release"}"#, .missing("slot")),
        (#"{"request": "speed", "threads": 1025}"#, .outOfRange("threads", 1025)),
    ])
    func refusesOtherLines(_ line: String, _ expected: ServeError) {
        #expect(throws: expected) { try ServeRequest(parsing: line) }
    }

    @Test func preparesRunsAndReleases() throws {
        let session = ServeSession()
        let prepared = session.answer(
            #"{"request": "prepare", "slot": "a", "case": "linear/fwd/n3ci5co7", "threads": 2, "verify": true}"#)
        #expect(prepared.nominalFlops == 2 * 3 * 5 * 7 && prepared.error == nil)
        #expect(try #require(prepared.executedFlops) >= 2 * 3 * 5 * 7)
        let run = session.answer(#"{"request": "run", "slot": "a", "calls": 3}"#)
        #expect(try #require(run.seconds) > 0 && run.error == nil)
        #expect(session.answer(#"{"request": "release", "slot": "a"}"#) == ServeAnswer())
        #expect(session.answer(#"{"request": "run", "slot": "a", "calls": 3}"#).error == "nothing is prepared as a")
    }

    @Test func answersWhatItCannotPrepareWithTheReason() {
        let answer = ServeSession().answer(#"{"request": "prepare", "slot": "a", "case": "foo/bar", "threads": 1}"#)
        #expect(answer.error?.contains("foo/bar is no problem string") == true)
    }
}
