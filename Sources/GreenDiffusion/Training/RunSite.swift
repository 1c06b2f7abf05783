/// Where a run's devices train, and so which of its images are here.
package enum RunSite: Sendable, Equatable {
    /// All of them in this process.
    case everything
    /// On other machines: this is the server.
    case server
    /// This is one of them.
    case device(Int)
}
