internal import GatewayModel

/// What an answer says of a part of the store that could not be read.
enum StorageNote {
    static func sentence(_ error: StorageError) -> String {
        switch error {
        case .damaged(let file, let what, let offset): "a part of the store could not be read: \(file) is damaged at byte \(offset) (\(what))"
        case .system(let operation, let file, let code): "a part of the store could not be read: \(operation) of \(file) failed with error \(code)"
        case .unsupportedFormat(let file, let version): "a part of the store could not be read: \(file) has the unknown format version \(version)"
        case .full, .closed, .locked: "a part of the store could not be read"
        }
    }
}
