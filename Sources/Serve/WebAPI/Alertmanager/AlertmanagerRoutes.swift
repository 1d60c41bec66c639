internal import AlertRouting
internal import ByteCoding
internal import Foundation
internal import GatewayModel
internal import HTTPTransport
internal import NIOHTTP1

/// Alertmanager's API v2: Prometheus, Grafana, amtool and karma use it as they would Alertmanager's own.
///
/// Source: prometheus/alertmanager, `api/v2/api.go`.
struct AlertmanagerRoutes: Sendable {
    let services: WebServices

    func addRoutes(to router: inout Router) {
        let add = RouteAdder(guardian: services.guardian, logger: services.logger, dialect: .alertmanager)
        add(&router, ["GET"], "/api/v2/status") { _ in try await status() }
        add(&router, ["GET"], "/api/v2/receivers") { try await receivers($0) }
        add(&router, ["GET"], "/api/v2/alerts") { try await alerts($0) }
        add(&router, ["POST"], "/api/v2/alerts") { try await post($0) }
        add(&router, ["GET"], "/api/v2/alerts/groups") { try await groups($0) }
        add(&router, ["GET"], "/api/v2/silences") { try await silences($0) }
        add(&router, ["POST"], "/api/v2/silences") { try await setSilence($0) }
        add(&router, ["GET"], "/api/v2/silence/{silenceID}") { try await silence($0) }
        add(&router, ["DELETE"], "/api/v2/silence/{silenceID}") { try await expireSilence($0) }
    }

    private func alertRouter() throws(AlertmanagerError) -> AlertRouter {
        guard let router = services.alerts.router else { throw AlertmanagerError(.notFound, "alerting is switched off (alerting.enabled)") }
        return router
    }

    // MARK: General

    private func status() async throws -> ServerResponse {
        let configuration = try await alertRouter().configuration
        return .json { writer in
            writer.object { status in
                status.object("cluster") { cluster in
                    cluster.member("status", "disabled")
                    cluster.array("peers") { _ in }
                }
                status.object("config") { $0.member("original", configuration.redactedText) }
                status.member("uptime", AlertmanagerAnswer.time(services.identity.started))
                status.object("versionInfo") { info in
                    info.member("branch", "gatewatch")
                    info.member("buildDate", "")
                    info.member("buildUser", "")
                    info.member("goVersion", "")
                    info.member("revision", services.identity.version)
                    info.member("version", AlertmanagerAnswer.alertmanagerVersion)
                }
            }
        }
    }

    private func receivers(_ request: ServerRequest) async throws -> ServerResponse {
        let matchers = try Self.matchers(request, "receiver_matchers")
        let receivers = try await alertRouter().configuration.receivers.filter { matchers.matches($0.labels) }
        return .json { writer in
            writer.array { array in
                for receiver in receivers {
                    array.object { object in
                        object.member("name", receiver.name)
                        if !receiver.labels.labels.isEmpty { AlertmanagerAnswer.write("labels", receiver.labels, to: &object) }
                    }
                }
            }
        }
    }

    // MARK: Alerts

    private func alerts(_ request: ServerRequest) async throws -> ServerResponse {
        let views = try await alertRouter().alerts(try Self.query(request))
        return .json { writer in
            writer.array { array in
                for view in views { AlertmanagerAnswer.write(view, to: &array) }
            }
        }
    }

    private func groups(_ request: ServerRequest) async throws -> ServerResponse {
        let groups = try await alertRouter().groups(try Self.query(request))
        return .json { writer in
            writer.array { array in
                for group in groups { AlertmanagerAnswer.write(group, to: &array) }
            }
        }
    }

    private func post(_ request: ServerRequest) async throws -> ServerResponse {
        let router = try alertRouter()
        let (taken, faults) = await router.post(try AlertmanagerBody.alerts(request))
        for sink in services.alerts.postedAlertSinks { await sink.receive(taken) }
        guard faults.isEmpty else { throw AlertmanagerError(.badRequest, faults.map(\.error.message).joined(separator: "; ")) }
        return ServerResponse()
    }

    // MARK: Silences

    private func silences(_ request: ServerRequest) async throws -> ServerResponse {
        let router = try alertRouter()
        let matchers = try Self.matchers(request, "filter")
        var states: Set<Silence.State> = []
        for state in [Silence.State.active, .expired, .pending] where try Self.flag(request, state.rawValue) { states.insert(state) }
        let now = await router.now
        let silences = await router.silences.filter { silence in
            states.contains(silence.state(at: now)) && matchers.allSatisfy { silence.matchers.contains($0) }
        }.sorted { AlertmanagerAnswer.precedes($0, $1, now: now) }
        return .json { writer in
            writer.array { array in
                for silence in silences { AlertmanagerAnswer.write(silence, now: now, to: &array) }
            }
        }
    }

    private func silence(_ request: ServerRequest) async throws -> ServerResponse {
        let router = try alertRouter()
        guard let silence = await router.silence(try Self.silenceID(request)) else { return ServerResponse(status: .notFound) }
        let now = await router.now
        return .json { AlertmanagerAnswer.write(silence, now: now, to: &$0) }
    }

    private func setSilence(_ request: ServerRequest) async throws -> ServerResponse {
        let silence = try AlertmanagerBody.silence(request)
        let router = try alertRouter()
        do throws(SilenceError) {
            let id = try await router.setSilence(silence)
            return .json { $0.object { $0.member("silenceID", id) } }
        } catch { throw Self.error(error) }
    }

    private func expireSilence(_ request: ServerRequest) async throws -> ServerResponse {
        let id = try Self.silenceID(request)
        let router = try alertRouter()
        do throws(SilenceError) { try await router.expireSilence(id) } catch {
            if error == .notFound { return ServerResponse(status: .notFound) }
            throw Self.error(error)
        }
        return ServerResponse()
    }

    private static func error(_ error: SilenceError) -> AlertmanagerError {
        switch error {
        case .notFound: AlertmanagerError(.notFound, error.message)
        case .refused: AlertmanagerError(.badRequest, error.message)
        case .storage: AlertmanagerError(.internalServerError, error.message)
        }
    }

    // MARK: Parameters

    private static func query(_ request: ServerRequest) throws(AlertmanagerError) -> AlertQuery {
        var query = AlertQuery()
        query.includesActive = try flag(request, "active")
        query.includesSilenced = try flag(request, "silenced")
        query.includesInhibited = try flag(request, "inhibited")
        query.includesMuted = try flag(request, "muted")
        // Nothing is unprocessed here: what keeps an alert quiet is found out when it is asked.
        _ = try flag(request, "unprocessed")
        query.matchers = try matchers(request, "filter")
        query.receiverMatchers = try matchers(request, "receiver_matchers")
        if let receiver = request.query("receiver") {
            do { query.receiver = try LabelPattern(receiver, remembersGroups: false) } catch {
                throw AlertmanagerError(.badRequest, "failed to parse receiver param: \(error.message)")
            }
        }
        return query
    }

    /// `true` unless the request says otherwise, in one of Go's words for it.
    private static func flag(_ request: ServerRequest, _ name: String) throws(AlertmanagerError) -> Bool {
        guard let text = request.query(name), !text.isEmpty else { return true }
        switch text.lowercased() {
        case "true", "1", "yes", "ok", "y", "on", "selected", "checked", "t", "enabled": return true
        case "false", "0", "no", "n", "off", "f", "disabled", "unselected", "unchecked": return false
        default: throw .invalid("\(name) in query must be of type boolean: \(text.goQuoted)")
        }
    }

    private static func matchers(_ request: ServerRequest, _ name: String) throws(AlertmanagerError) -> [SeriesMatcher] {
        var matchers: [SeriesMatcher] = []
        for text in request.queryValues(name) {
            do throws(MatcherSyntaxError) { matchers.append(try MatcherReader.matcher(text)) } catch { throw AlertmanagerError(.badRequest, error.message) }
        }
        return matchers
    }

    private static func silenceID(_ request: ServerRequest) throws(AlertmanagerError) -> String {
        let text = request.parameter("silenceID") ?? ""
        guard let id = UUID(uuidString: text) else { throw .invalid("silenceID in path must be of type uuid: \(text.goQuoted)") }
        return id.uuidString.lowercased()
    }
}
