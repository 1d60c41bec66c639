internal import GatewayModel
internal import RequestQuery

/// One question of a page of panels: to the requests, or to series.
struct PanelQuestion: Sendable {
    enum Subject: Sendable {
        case requests(RequestQuery)
        case series(SeriesQuestion)
    }

    let subject: Subject
    /// The hash of the answer that the asker has; nil when it has none.
    let known: String?
    /// What the question says, for answers that were given to the same one.
    let text: RecentAnswers.Question
    /// How old an answer may be, at most ``RecentAnswers/ageMax``; zero when it must be of now.
    let ageMax: Duration

    /// The keys of a panel's question besides those of one to the requests.
    static let extraKeys = ["promql", "known", "max_age", "series_max"]

    /// Reads the body of `POST /api/v1/panels/query`: its questions in their order, of which a wrong one costs only itself.
    ///
    /// - Throws: what is wrong with the body as a whole.
    static func parse(_ body: [UInt8]) throws(QueryError) -> [Result<PanelQuestion, APIError>] {
        let batch = try RequestQueryText.batch(body, extraKeys: extraKeys)
        return batch.entries.map { entry in
            do {
                return .success(try PanelQuestion(try entry.get(), of: batch))
            } catch let error as APIError {
                return .failure(error)
            } catch let error as QueryError {
                return .failure(error.apiError)
            } catch {
                return .failure(APIError(.internal, "the question could not be read"))
            }
        }
    }

    private init(_ entry: BatchEntry, of batch: QueryBatch) throws {
        known = entry.extras["known"]
        ageMax = try Self.ageMax(entry.extras["max_age"])
        text = RecentAnswers.Question(
            parameters: entry.parameters.inheriting(batch.shared), filter: batch.filter.filter, promql: entry.extras["promql"], seriesMax: entry.extras["series_max"])
        guard let text = entry.extras["promql"] else {
            guard entry.extras["series_max"] == nil else {
                throw APIError(.invalidRequest, "'series_max' goes with promql", field: "series_max", hint: "limit keeps so many groups of requests")
            }
            subject = .requests(try batch.query(entry))
            return
        }
        subject = .series(try SeriesQuestion(text, entry, shared: batch.shared))
    }

    private static func ageMax(_ text: String?) throws -> Duration {
        guard let text else { return .zero }
        do throws(DurationTextError) {
            return min(.milliseconds(try DurationText.milliseconds(text)), RecentAnswers.ageMax)
        } catch {
            throw APIError(.invalidRequest, error.message, field: "max_age", hint: "write 250ms, 15s or 1m")
        }
    }
}
