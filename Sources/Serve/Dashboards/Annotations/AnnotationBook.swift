package import DurableFiles
package import GatewayModel
internal import Synchronization

/// All annotations. What is added, changed or removed is on the disk when the call returns.
package final class AnnotationBook: Sendable {
    /// Which annotations somebody asks for.
    package struct Question: Sendable {
        /// Half open.
        package var range = TimeRange.all
        /// All of them must be there, or with `matchesAnyTag` one of them.
        package var tags: [String] = []
        package var matchesAnyTag = false
        package var kind: Annotation.Kind?
        /// Of more than this the latest are given.
        package var limit = AnnotationLimits.answerMax

        package init() {}
    }

    private let table: KeptTable<Annotation>
    private let lastNumber: Mutex<Int>
    private let now: @Sendable () -> Timestamp

    /// Opens the book in a folder, which is made when it is missing.
    ///
    /// - Parameter onDamage: told of annotations that cannot be read.
    package init(
        folder: String, files: any FileLayer, now: @escaping @Sendable () -> Timestamp = { .now() }, onDamage: (StorageError) -> Void = { _ in }
    ) throws(StorageError) {
        table = try KeptTable(
            folder: folder, files: files, countMax: AnnotationLimits.countMax, bytesMax: AnnotationLimits.bytesMax, onDamage: onDamage)
        lastNumber = Mutex(table.values.map(\.number).max() ?? 0)
        self.now = now
    }

    // MARK: Reading

    package func annotation(_ id: String) -> Annotation? { table[id] }

    /// By time, those of one time by number. O(annotations).
    package func annotations(_ question: Question = Question()) -> [Annotation] {
        let found = table.values.filter { annotation in
            guard annotation.isIn(question.range), question.kind == nil || annotation.kind == question.kind else { return false }
            if question.tags.isEmpty { return true }
            return question.matchesAnyTag
                ? question.tags.contains(where: annotation.tags.contains) : question.tags.allSatisfy(annotation.tags.contains)
        }
        return Array(found.sorted { ($0.time, $0.number) < ($1.time, $1.number) }.suffix(max(0, question.limit)))
    }

    // MARK: Changing

    package func add(_ draft: AnnotationDraft) async throws(AnnotationError) -> Annotation {
        let draft = try draft.checked()
        let number = lastNumber.withLock { last in
            last += 1
            return last
        }
        return try await put(Annotation(number: number, draft: draft, created: now()))
    }

    /// Puts a draft in the place of what an annotation said.
    package func change(_ id: String, to draft: AnnotationDraft) async throws(AnnotationError) -> Annotation {
        guard let old = table[id] else { throw .notFound(id: id) }
        return try await put(Annotation(number: old.number, draft: try draft.checked(), created: old.created))
    }

    package func remove(_ id: String) async throws(AnnotationError) {
        do throws(KeptTableError) {
            guard try await table.remove(id) == nil else { return }
        } catch { throw AnnotationError(error) }
        throw .notFound(id: id)
    }

    /// What was handed over is written; what comes later is refused.
    package func close() async { await table.close() }

    private func put(_ annotation: Annotation) async throws(AnnotationError) -> Annotation {
        do throws(KeptTableError) { try await table.put(annotation) } catch { throw AnnotationError(error) }
        return annotation
    }
}

extension AnnotationError {
    init(_ error: KeptTableError) {
        switch error {
        case .full: self = .full
        case .notKept(let reason): self = .notKept(reason)
        }
    }
}
