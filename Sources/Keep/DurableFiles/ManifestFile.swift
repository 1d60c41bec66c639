internal import ByteCoding
package import GatewayModel

/// The manifest on disk, twice: `MANIFEST`, and `MANIFEST.copy` with the same content, written after it.
///
/// What the new manifest no longer names (logs, dropped files) is removed only when both are in place. So whichever of the two survives
/// damage or a crash, everything that it names is there, and what only the other one named is a leftover whose content the logs still have.
package struct ManifestFile<Content: ManifestContent>: Sendable {
    /// The store's folder.
    private let folder: String

    package init(folder: String) { self.folder = folder }

    /// Where the first of the two lies.
    package var path: String { folder + "/MANIFEST" }
    /// Where the second one lies.
    private var copy: String { folder + "/MANIFEST.copy" }
    /// Where the two lie, in the order in which they are written.
    package var paths: [String] { [path, copy] }

    /// Puts the manifest in place; when this returns it counts, also after a power cut.
    package func commit(_ content: Content, _ files: any FileLayer) throws(StorageError) {
        let bytes = content.encode()
        for path in paths { try files.replace(path, with: bytes) }
    }

    /// What was found of the manifest.
    package struct Found: Sendable {
        /// The newer of the two; nil in a folder that has none.
        package fileprivate(set) var manifest: Content?
        /// Whether both are there, undamaged and the same.
        package fileprivate(set) var isWhole = false
        /// What was wrong with one of the two.
        package fileprivate(set) var damage: [StorageError] = []
    }

    /// - Throws: when there are manifests and none can be read, or a newer program wrote them.
    package func load(_ files: any FileLayer) throws(StorageError) -> Found {
        var manifests: [Content] = []
        var found = Found()
        for path in paths {
            guard let image = try files.image(path) else { continue }
            do throws(StorageError) {
                unsafe manifests.append(try Content(image.withBytes { unsafe [UInt8]($0) }, file: String(path.dropFirst(folder.count + 1))))
            } catch {
                if case .unsupportedFormat = error { throw error }
                found.damage.append(error)
            }
        }
        found.manifest = manifests.max { $0.generation < $1.generation }
        found.isWhole = manifests.count == 2 && manifests[0] == manifests[1]
        if found.manifest == nil, let failure = found.damage.first { throw failure }
        return found
    }
}
