/// The one of `names` that `word` most resembles, where it resembles one: a third of its letters may differ, or two.
package func nearestName(to word: String, among names: some Sequence<String>) -> String? {
    let candidates = names.map { (name: $0, distance: editDistance($0, word)) }
    guard let best = candidates.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= max(2, word.count / 3) ? best.name : nil
}

/// How many letters must be added, dropped or replaced to turn one word into the other (Levenshtein).
///
/// Words of very different lengths are as far apart as those: what is compared with a name may be as long as the file that it came from.
package func editDistance(_ first: String, _ second: String) -> Int {
    let difference = abs(first.utf8.count - second.utf8.count)
    guard difference <= 64 else { return difference }
    let target = Array(second)
    var row = Array(0...target.count)
    for (index, letter) in first.enumerated() {
        var diagonal = row[0]
        row[0] = index + 1
        for column in target.indices {
            let replaced = diagonal + (letter == target[column] ? 0 : 1)
            diagonal = row[column + 1]
            row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
        }
    }
    return row[target.count]
}
