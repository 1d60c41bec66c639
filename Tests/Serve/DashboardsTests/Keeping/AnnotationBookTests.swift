import DurableFiles
import GatewayModel
import KeepTestSupport
import Testing

@testable import Dashboards

private func time(_ seconds: Int64) -> Timestamp { Timestamp(microseconds: 1_772_712_000_000_000 + seconds * 1_000_000) }

/// A book over a disk in memory, with a clock that is set by hand.
private struct Bench {
    let files: MemoryFiles
    let clock = TestClock()
    let book: AnnotationBook

    init(_ files: MemoryFiles = MemoryFiles()) throws {
        self.files = files
        book = try AnnotationBook(folder: "/annotations", files: files, now: { [clock] in clock.now })
    }

    /// The book as another process finds it after the power was cut.
    func reopened() throws -> Bench { try Bench(files.afterPowerCut()) }

    func add(_ title: String, at seconds: Int64, until end: Int64? = nil, kind: Annotation.Kind = .note, tags: [String] = []) async throws -> Annotation {
        var draft = AnnotationDraft(time: time(seconds), title: title)
        (draft.timeEnd, draft.kind, draft.tags) = (end.map(time), kind, tags)
        return try await book.add(draft)
    }

    func titles(_ change: (inout AnnotationBook.Question) -> Void = { _ in }) -> [String] {
        var question = AnnotationBook.Question()
        change(&question)
        return book.annotations(question).map(\.title)
    }
}

struct AnnotationBookTests {
    @Test func whatWasAddedSurvivesAPowerCut() async throws {
        let bench = try Bench()
        let first = try await bench.add("gateway 2.4", at: 0, until: 60, kind: .deployment, tags: ["gateway", "eu"])
        let second = try await bench.add("note", at: 10)
        let gone = try await bench.add("by mistake", at: 20)
        try await bench.book.remove(gone.id)
        var draft = AnnotationDraft(time: time(11), title: "a better note")
        draft.text = "with\nlines"
        let changed = try await bench.book.change(second.id, to: draft)
        let again = try bench.reopened()
        #expect(again.book.annotations() == [first, changed])
        #expect(again.book.annotation(gone.id) == nil)
        #expect(changed.number == second.number && changed.created == second.created)
        #expect(try await again.add("later", at: 30).number > second.number)
    }

    @Test func aQuestionNarrowsByTimeKindAndTags() async throws {
        let bench = try Bench()
        _ = try await bench.add("span", at: 0, until: 100, kind: .maintenance, tags: ["a"])
        _ = try await bench.add("early", at: -10, tags: ["a", "b"])
        _ = try await bench.add("middle", at: 50, kind: .deployment, tags: ["b"])
        #expect(bench.titles() == ["early", "span", "middle"])
        #expect(bench.titles { $0.range = TimeRange(from: time(60), to: time(70)) } == ["span"])
        #expect(bench.titles { $0.range = TimeRange(from: time(-20), to: time(0)) } == ["early"])
        #expect(bench.titles { $0.range = TimeRange(from: time(50), to: time(51)) } == ["span", "middle"])
        #expect(bench.titles { $0.kind = .deployment } == ["middle"])
        #expect(bench.titles { $0.tags = ["a", "b"] } == ["early"])
        #expect(bench.titles { ($0.tags, $0.matchesAnyTag) = (["a", "b"], true) } == ["early", "span", "middle"])
        #expect(bench.titles { $0.limit = 1 } == ["middle"])
    }

    /// A draft, and the member that is at fault.
    static let faults: [(@Sendable (inout AnnotationDraft) -> Void, String)] = [
        ({ $0.title = " \n " }, "title"),
        ({ $0.title = String(repeating: "é", count: 201) }, "title"),
        ({ $0.text = String(repeating: "x", count: 4_097) }, "text"),
        ({ $0.tags = (0..<21).map { "tag\($0)" } }, "tags"),
        ({ $0.tags = [String(repeating: "t", count: 101)] }, "tags"),
        ({ $0.timeEnd = time(-1) }, "time_end"),
    ]

    @Test(arguments: faults.indices)
    func whatIsOutOfBoundsIsRefused(_ index: Int) async throws {
        let bench = try Bench()
        var draft = AnnotationDraft(time: time(0), title: "fine")
        Self.faults[index].0(&draft)
        let error = try await #require(throws: AnnotationError.self) { _ = try await bench.book.add(draft) }
        guard case .invalid(let field, _) = error else { throw error }
        #expect(field == Self.faults[index].1)
        #expect(bench.book.annotations().isEmpty)
    }

    @Test func whatIsWithinBoundsIsKeptAsItIs() async throws {
        let bench = try Bench()
        var draft = AnnotationDraft(time: time(0), title: "  " + String(repeating: "é", count: 200) + "\n")
        (draft.text, draft.tags) = (String(repeating: "x", count: 4_096), (0..<20).map { "tag\($0)" } + ["tag0", " "])
        draft.timeEnd = draft.time
        let kept = try await bench.book.add(draft)
        #expect(kept.title.count == 200 && kept.text.utf8.count == 4_096 && kept.tags.count == 20 && kept.timeEnd == nil)
        #expect(try bench.reopened().book.annotation(kept.id) == kept)
    }

    @Test func anUnknownAnnotationIsToldAsSuch() async throws {
        let bench = try Bench()
        await #expect(throws: AnnotationError.notFound(id: "7")) { try await bench.book.remove("7") }
        await #expect(throws: AnnotationError.notFound(id: "7")) { _ = try await bench.book.change("7", to: AnnotationDraft(time: time(0), title: "x")) }
    }
}
