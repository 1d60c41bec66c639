/// Why the store could not do what was asked.
package enum StorageError: Error, Sendable, Equatable {
    /// The disk is full or the disk budget is used up: nothing was stored, send again later. Reads go on.
    case full(reason: String)
    /// The store is shutting down.
    case closed
    /// Another process holds the folder.
    case locked(folder: String, holder: String)
    /// The system refused: what was done, on which file, and its error.
    case system(operation: String, file: String, code: Int32)
    /// A file's content is damaged: which file, what was wrong, at which byte.
    case damaged(file: String, what: String, offset: Int)
    /// The folder was written by a newer version of the program.
    case unsupportedFormat(file: String, version: Int)

    /// Whether the sender should send the same again later.
    package var isRetryable: Bool {
        switch self {
        case .full, .closed, .system: true
        case .locked, .damaged, .unsupportedFormat: false
        }
    }
}
