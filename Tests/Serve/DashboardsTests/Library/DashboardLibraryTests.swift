import ByteCoding
import DurableFiles
import Foundation
import GatewayModel
import Synchronization
import Testing

@testable import Dashboards

struct DashboardLibraryTests {
    /// A library over two folders of its own, with a clock that stands.
    private final class Place: Sendable {
        let root = FileManager.default.temporaryDirectory.appending(path: "library-\(UUID().uuidString)")
        let seconds = Mutex<Int64>(0)
        var shipped: URL { root.appending(path: "shipped") }
        var own: URL { root.appending(path: "data/dashboards") }

        init() throws { for folder in [shipped, own] { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) } }
        deinit { try? FileManager.default.removeItem(at: root) }

        func library(layer: any FileLayer = SystemFiles(), keepsVersions: Bool = true) -> DashboardLibrary {
            DashboardLibrary(shipped: shipped.path, own: own.path, keepsVersions: keepsVersions, layer: layer) { [self] in Timestamp(microseconds: seconds.withLock { $0 } * 1_000_000) }
        }

        func pass(_ more: Int64 = 2) { seconds.withLock { $0 += more } }
        func write(_ text: String, _ name: String, in folder: URL) throws { try Data(text.utf8).write(to: folder.appending(path: name)) }
    }

    private static func file(_ id: String, title: String = "T", group: String = "own", order: Int = 100) -> String {
        "id: \(id)\ntitle: \(title)\nquestion: What?\ngroup: \(group)\norder: \(order)\nsections:\n  - {id: s, panels: [{id: a, title: A, question: How?, chart: firing}]}\n"
    }

    private func error(_ body: () throws(DashboardChangeError) -> Void) -> DashboardChangeError? {
        do throws(DashboardChangeError) {
            try body()
            return nil
        } catch { return error }
    }

    @Test func dashboardsStandInTheOrderOfTheNavigation() throws {
        let place = try Place()
        try place.write(Self.file("b", group: "money"), "b.yaml", in: place.shipped)
        try place.write(Self.file("a", group: "operations", order: 20), "a.yaml", in: place.shipped)
        try place.write(Self.file("c", group: "operations", order: 10), "c.yaml", in: place.shipped)
        try place.write(Self.file("mine"), "mine.yaml", in: place.own)
        let entries = place.library().entries
        #expect(entries.map(\.dashboard.id) == ["c", "a", "b", "mine"])
        #expect(entries.map(\.origin) == [.shipped, .shipped, .shipped, .own])
    }

    @Test func oneSOwnFileTakesThePlaceOfAShippedOneUntilItIsRemoved() throws {
        let place = try Place()
        try place.write(Self.file("a", title: "Shipped"), "a.yaml", in: place.shipped)
        let library = place.library()
        #expect(try library.save(Self.file("a", title: "Mine"), id: "a", isJSON: false, message: "first", expecting: 0) == 1)
        #expect(library.entry("a")?.dashboard.title == "Mine")
        #expect(library.entry("a")?.origin == .changed && library.entry("a")?.version == 1)
        #expect(try library.remove("a", message: "", expecting: 1) == 2)
        #expect(library.entry("a")?.dashboard.title == "Shipped" && library.entry("a")?.version == 0)
        #expect(library.versions(of: "a").map(\.number) == [2, 1] && library.versions(of: "a").map(\.isDeleted) == [true, false])
        // Numbers go on: a version never means two things.
        #expect(try library.save(Self.file("a", title: "Again"), id: "a", isJSON: false, message: "", expecting: 0) == 3)
    }

    @Test func whoIsSlowerIsToldWhoWasFaster() throws {
        let place = try Place()
        let library = place.library()
        #expect(try library.save(Self.file("a"), id: "a", isJSON: false, message: "", expecting: 0) == 1)
        #expect(try library.save(Self.file("a", title: "Two"), id: "a", isJSON: false, message: "", expecting: 1) == 2)
        #expect(error { () throws(DashboardChangeError) in _ = try library.save(Self.file("a", title: "Late"), id: "a", isJSON: false, message: "", expecting: 1) } == .conflict(current: 2))
        #expect(library.entry("a")?.dashboard.title == "Two")
        #expect(error { () throws(DashboardChangeError) in _ = try library.remove("a", message: "", expecting: 1) } == .conflict(current: 2))
    }

    @Test func everyVersionIsKeptAsItWasWrittenUntilThereAreTooMany() throws {
        let place = try Place()
        let library = place.library()
        for number in 1...105 { #expect(try library.save("# \(number)\n" + Self.file("a"), id: "a", isJSON: false, message: "m\(number)", expecting: nil) == number) }
        #expect(library.versions(of: "a").map(\.number) == Array((6...105).reversed()))
        #expect(library.text(of: "a", version: 50) == "# 50\n" + Self.file("a"))
        #expect(library.versions(of: "a").first?.message == "m105")
        #expect(library.text(of: "a", version: 5) == nil)
    }

    @Test func aFileThatIsChangedOnTheDiskCountsSoonAndIsAVersion() throws {
        let place = try Place()
        let library = place.library()
        #expect(library.entries.isEmpty)
        try place.write(Self.file("a", title: "By hand"), "a.yaml", in: place.own)
        #expect(library.entries.isEmpty)
        place.pass()
        #expect(library.entry("a")?.dashboard.title == "By hand" && library.entry("a")?.version == 1)
        try place.write(Self.file("a", title: "Again"), "a.yaml", in: place.own)
        place.pass()
        #expect(library.entry("a")?.version == 2)
        #expect(error { () throws(DashboardChangeError) in _ = try library.save(Self.file("a"), id: "a", isJSON: false, message: "", expecting: 1) } == .conflict(current: 2))
        try FileManager.default.removeItem(at: place.own.appending(path: "a.yaml"))
        place.pass()
        #expect(library.entry("a") == nil)
    }

    @Test func aBrokenFileLeavesTheGoodStateInPlace() throws {
        let place = try Place()
        let library = place.library()
        _ = try library.save(Self.file("a", title: "Good"), id: "a", isJSON: false, message: "", expecting: 0)
        try place.write("id: a\ntitel: x", "a.yaml", in: place.own)
        place.pass()
        #expect(library.entry("a")?.dashboard.title == "Good")
        #expect(library.faults.first?.file == "a.yaml" && library.faults.contains { $0.fault.hint == "did you mean title?" })
        // Also after a start: the last version is the good state then.
        #expect(place.library().entry("a")?.dashboard.title == "Good")
        try place.write(Self.file("a", title: "Mended"), "a.yaml", in: place.own)
        place.pass()
        #expect(library.entry("a")?.dashboard.title == "Mended" && library.faults.isEmpty)
    }

    @Test func fileNamesAreIDs() throws {
        let place = try Place()
        try place.write(Self.file("a"), "b.yaml", in: place.own)
        try place.write(Self.file("a"), "My Page.yaml", in: place.own)
        let library = place.library()
        #expect(library.entries.isEmpty)
        #expect(library.faults.map(\.file) == ["My Page.yaml", "b.yaml"])
        #expect(library.text(of: "../a", version: 1) == nil && library.versions(of: "..").isEmpty)
        guard case .refused? = error({ () throws(DashboardChangeError) in _ = try library.save(Self.file("../x"), id: "../x", isJSON: false, message: "", expecting: nil) }) else {
            Issue.record("an id with a path was taken")
            return
        }
    }

    @Test func whatWasSavedIsThereAfterAStartAndCommandsChangeNothing() throws {
        let place = try Place()
        _ = try place.library().save(Self.file("a", title: "Kept"), id: "a", isJSON: false, message: "", expecting: 0)
        #expect(place.library().entry("a")?.version == 1)
        try place.write(Self.file("a", title: "By hand"), "a.yaml", in: place.own)
        #expect(place.library(keepsVersions: false).entry("a")?.dashboard.title == "By hand")
        #expect(place.library(keepsVersions: false).versions(of: "a").map(\.number) == [1])
    }

    @Test func jsonIsKeptAsYAML() throws {
        let place = try Place()
        let library = place.library()
        let json = DashboardWriter.json(try DashboardReader.read(Self.file("a")))
        _ = try library.save(json, id: "a", isJSON: true, message: "", expecting: nil)
        #expect(library.entry("a")?.text.hasPrefix("id: a\ntitle: T\n") == true)
        #expect(library.entry("a")?.dashboard == (try DashboardReader.read(Self.file("a"))))
    }

    @Test func aFullDiskSavesNothing() throws {
        let place = try Place()
        let files = FullDisk()
        let library = place.library(layer: files)
        _ = try library.save(Self.file("a", title: "Before"), id: "a", isJSON: false, message: "", expecting: nil)
        files.isFull.withLock { $0 = true }
        guard case .storage? = error({ () throws(DashboardChangeError) in _ = try library.save(Self.file("a", title: "After"), id: "a", isJSON: false, message: "", expecting: nil) }) else {
            Issue.record("a full disk was not told")
            return
        }
        place.pass()
        #expect(library.entry("a")?.dashboard.title == "Before" && library.entry("a")?.version == 1)
    }
}

/// The system's files, until nothing more can be written.
private final class FullDisk: FileLayer {
    let isFull = Mutex(false)
    private let files = SystemFiles()

    func create(_ path: String, isPrivate: Bool) throws(StorageError) -> OpenFile {
        guard !isFull.withLock({ $0 }) else { throw .full(reason: "no space") }
        return try files.create(path, isPrivate: isPrivate)
    }

    func createFolder(_ path: String) throws(StorageError) { try files.createFolder(path) }
    func list(_ folder: String) throws(StorageError) -> [String] { try files.list(folder) }
    func openForAppending(_ path: String) throws(StorageError) -> OpenFile { try files.openForAppending(path) }
    func write(_ bytes: [UInt8], _ range: Range<Int>, to file: OpenFile) throws(StorageError) -> Int { try files.write(bytes, range, to: file) }
    func synchronize(_ file: OpenFile) throws(StorageError) { try files.synchronize(file) }
    func truncate(_ file: OpenFile, to bytes: Int) throws(StorageError) { try files.truncate(file, to: bytes) }
    func close(_ file: OpenFile) { files.close(file) }
    func rename(_ path: String, to target: String) throws(StorageError) { try files.rename(path, to: target) }
    func link(_ path: String, to target: String) throws(StorageError) { try files.link(path, to: target) }
    func remove(_ path: String) throws(StorageError) { try files.remove(path) }
    func removeFolderIfEmpty(_ path: String) { files.removeFolderIfEmpty(path) }
    func synchronizeFolder(_ path: String) throws(StorageError) { try files.synchronizeFolder(path) }
    func image(_ path: String) throws(StorageError) -> FileImage? { try files.image(path) }
    func space(_ folder: String) throws(StorageError) -> (free: Int64, total: Int64) { try files.space(folder) }
    func lock(_ path: String, holder: String) throws(StorageError) -> OpenFile { try files.lock(path, holder: holder) }
}
