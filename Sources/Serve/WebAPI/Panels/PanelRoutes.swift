internal import ByteCoding
internal import HTTPTransport
internal import NIOCore
internal import RequestQuery

/// `POST /api/v1/panels/query`: what a page of panels asks, in one request.
struct PanelRoutes: Sendable {
    /// Questions of one page that are answered at the same time. Each may use several cores while it reads; beside a slow one the others must get on.
    static let lanesMax = 4

    let services: WebServices
    private let recent = RecentAnswers()

    init(services: WebServices) { self.services = services }

    func addRoutes(to router: inout Router, _ add: RouteAdder) {
        add(&router, ["POST"], "/api/v1/panels/query") { try await query($0) }
    }

    private func query(_ request: ServerRequest) async throws -> ServerResponse {
        let queries = services.queries(of: request)
        let batch = PanelBatch(try PanelQuestion.parse(Array(request.body.readableBytesView)), services: services, runner: queries.runner, recent: recent)
        batch.takeRecent()
        let answers = try await queries.service.measured { () async throws(QueryError) in try await Self.answers(batch, queries) }
        return .json { writer in
            writer.object { body in body.array("results") { list in for answer in answers { list.raw(answer) } } }
        }
    }

    /// Lets the batch be worked off in one turn, and at the same time in as many more as nobody waits for, at most ``lanesMax``: people behind one address share the
    /// places to wait, and a busy server gains nothing by more.
    private static func answers(_ batch: PanelBatch, _ queries: AskedQueries) async throws(QueryError) -> [[UInt8]] {
        if let answers = batch.answers { return answers }
        let lanes = max(1, min(batch.count, lanesMax, queries.runner.parallelQueries))
        let failure = await withTaskGroup(of: QueryError?.self) { group in
            for lane in 0..<lanes {
                group.addTask {
                    do throws(QueryError) {
                        try await queries.runner.perform(asker: queries.asker, waits: lane == 0) { cancellation throws(QueryError) in try batch.work(cancellation) }
                        return nil
                    } catch { return lane == 0 ? error : nil }
                }
            }
            var failure: QueryError?
            for await outcome in group {
                if let outcome { failure = outcome }
                // Turns that have not come yet are not needed any more.
                if batch.answers != nil { group.cancelAll() }
            }
            return failure
        }
        // A turn that failed costs nothing as long as the others answered all.
        if let answers = batch.answers { return answers }
        throw failure ?? QueryError(.internal, "the batch was left unfinished")
    }
}
