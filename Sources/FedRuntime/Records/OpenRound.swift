/// A round between `begin` and `finish`.
struct OpenRound {
    let round: Int
    let broadcast: Broadcast
    /// Ascending by device id.
    var participants: [Participant]
    /// nil where every device's bits follow from its own demand, or from the scheme.
    let systemBits: SystemBitsRecord?

    init(round: Int, broadcast: Broadcast, participants: [Participant], systemBits: SystemBitsRecord?) {
        (self.round, self.broadcast, self.systemBits) = (round, broadcast, systemBits)
        self.participants = participants.sorted { $0.device.id < $1.device.id }
    }

    /// Where the device stands in `participants`, or nil where it was not selected.
    func place(of device: Int) -> Int? { participants.firstIndex { $0.device.id == device } }
}
