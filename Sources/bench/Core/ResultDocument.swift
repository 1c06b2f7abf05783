/// What `bench run --json` writes. Rates and limits are in 10^9 FLOP/s or bytes/s; problems are counted singly.
struct ResultDocument: Encodable {
    let machine: Machine
    var cases: [CaseResult] = []
}
