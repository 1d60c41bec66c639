internal import AlertRules
internal import DurableFiles

/// A folder of dashboards on disk: `ID.yaml` files, read again when they changed. Of a file that cannot be used, what was there before stays.
struct DashboardFolder: Sendable {
    struct File: Sendable {
        /// What the file says now.
        var text: String
        /// The last good state of it; nil where there was none.
        var good: (dashboard: Dashboard, text: String)?
        var faults: [DashboardFault] = []
    }

    let path: String
    let layer: any FileLayer
    /// By id.
    private(set) var files: [String: File] = [:]
    /// Names that are no ids, and folders that cannot be listed.
    private(set) var otherFaults: [DashboardFileFault] = []

    /// Files of a folder at most: a navigation of more is none.
    static let filesMax = 500

    init(path: String, layer: any FileLayer) {
        self.path = path
        self.layer = layer
    }

    /// Reads what changed.
    ///
    /// - Returns: the ids whose text is another than before.
    mutating func read() -> [String] {
        otherFaults = []
        var changed: [String] = []
        var seen: Set<String> = []
        for name in names() {
            let id = String(name.dropLast(".yaml".count))
            guard TextRules.isIdentifier(id) else {
                otherFaults.append(DashboardFileFault(file: name, fault: DashboardFault("a dashboard's file is named by lower case letters, digits and -, as my-page.yaml")))
                continue
            }
            seen.insert(id)
            if read(id, name) { changed.append(id) }
        }
        for id in files.keys where !seen.contains(id) {
            files[id] = nil
            changed.append(id)
        }
        return changed
    }

    private mutating func names() -> [String] {
        let all: [String]
        do { all = try layer.list(path).filter { $0.hasSuffix(".yaml") && !$0.hasPrefix(".") } } catch {
            otherFaults.append(DashboardFileFault(file: path, fault: DashboardFault("the folder cannot be read: \(error)")))
            return files.keys.map { $0 + ".yaml" }
        }
        if all.count > Self.filesMax {
            otherFaults.append(DashboardFileFault(file: path, fault: DashboardFault("only the first \(Self.filesMax) of \(all.count) files are read")))
        }
        return Array(all.prefix(Self.filesMax))
    }

    /// Whether the file's text is another than before.
    private mutating func read(_ id: String, _ name: String) -> Bool {
        let before = files[id]
        let text: String
        do { text = try TextFile.read(path + "/" + name, bytesMax: DashboardReader.bytesMax) } catch {
            files[id] = File(text: "", good: before?.good, faults: [DashboardFault(error.description)])
            return before != nil
        }
        guard text != before?.text else { return false }
        do throws(DashboardRefusal) {
            files[id] = File(text: text, good: (try DashboardReader.read(text, id: id), text))
        } catch { files[id] = File(text: text, good: before?.good, faults: error.faults) }
        return true
    }

    /// Puts in what was just written, so that it is there at once.
    mutating func put(_ dashboard: Dashboard, text: String) { files[dashboard.id] = File(text: text, good: (dashboard, text)) }

    mutating func remove(_ id: String) { files[id] = nil }

    /// Gives a file that cannot be used an earlier state.
    mutating func fallBack(_ id: String, to dashboard: Dashboard, text: String) { files[id]?.good = (dashboard, text) }

    /// Everything that is wrong, by file.
    var faults: [DashboardFileFault] {
        otherFaults + files.sorted { $0.key < $1.key }.flatMap { file in file.value.faults.map { DashboardFileFault(file: file.key + ".yaml", fault: $0) } }
    }
}
