internal import ByteCoding
internal import GatewayModel
internal import HTTPTransport
internal import NIOHTTP1

/// What clients ask about the server itself: who it is, whether it is well, what it may.
extension ElasticDoor {
    /// The Elasticsearch version that is spoken: clients 7.17, 8 and 9 all accept an 8.x.
    static let version = "8.19.0"

    func addClusterRoutes(to router: inout Router, _ add: RouteAdder) {
        add(&router, ["GET"], "/_cluster/health") { try clusterHealth($0) }
        add(&router, ["GET"], "/_cluster/health/{index}") { try clusterHealth($0) }
        add(&router, ["GET"], "/_license") { request in
            ElasticAnswer.json(isPretty: request.isPretty) {
                $0.object { $0.object("license") { license in
                    license.member("status", "active")
                    license.member("uid", services.identity.clusterUUID)
                    license.member("type", "basic")
                    license.member("mode", "basic")
                } }
            }
        }
        add(&router, ["GET"], "/_security/enabled") { request in
            // No Elasticsearch API, but a step of a gateway's trouble-shooting guide that only looks whether somebody answers.
            ElasticAnswer.json(isPretty: request.isPretty) { $0.object { $0.member("enabled", services.isAuthenticated) } }
        }
        add(&router, ["GET"], "/_security/_authenticate") { authenticate($0) }
    }

    /// `GET /`: clients check the product header, the version and the tag line before they do anything.
    func info(_ request: ServerRequest) -> ServerResponse {
        ElasticAnswer.json(isPretty: true) { writer in
            writer.object { info in
                info.member("name", services.identity.name)
                info.member("cluster_name", "gatewatch")
                info.member("cluster_uuid", services.identity.clusterUUID)
                info.object("version") { version in
                    version.member("number", Self.version)
                    version.member("build_flavor", "default")
                    version.member("build_type", "gatewatch")
                    version.member("build_hash", services.identity.version)
                    version.member("build_date", services.identity.started.iso8601)
                    version.member("build_snapshot", false)
                    version.member("lucene_version", "9.12.0")
                    version.member("minimum_wire_compatibility_version", "7.17.0")
                    version.member("minimum_index_compatibility_version", "7.0.0")
                }
                info.member("tagline", "You Know, for Search")
            }
        }
    }

    /// Green while writes are accepted, red when they are not: a single node has no replicas to miss.
    private func clusterHealth(_ request: ServerRequest) throws(ElasticError) -> ServerResponse {
        let wanted = request.query("wait_for_status") ?? "red"
        guard ["green", "yellow", "red"].contains(wanted) else { throw .illegalArgument("unknown value for wait_for_status [\(wanted)]") }
        let isWell = services.reader.statistics.unwritableReason == nil
        let count = indexNames().count
        let hasNodes = try Self.hasNodes(request)
        let hasShards = try Self.hasShards(request, active: count)
        let isReached = (isWell || wanted == "red") && hasNodes && hasShards
        return ElasticAnswer.json(status: isReached ? .ok : .requestTimeout, isPretty: request.isPretty) { writer in
            writer.object { health in
                health.member("cluster_name", "gatewatch")
                health.member("status", isWell ? "green" : "red")
                health.member("timed_out", !isReached)
                health.member("number_of_nodes", 1)
                health.member("number_of_data_nodes", 1)
                health.member("active_primary_shards", count)
                health.member("active_shards", count)
                for name in ["relocating_shards", "initializing_shards", "unassigned_shards", "delayed_unassigned_shards", "number_of_pending_tasks",
                    "number_of_in_flight_fetch", "task_max_waiting_in_queue_millis"]
                { health.member(name, 0) }
                health.member("active_shards_percent_as_number", 100.0)
            }
        }
    }

    /// Whether one node is what `wait_for_nodes` asks for: `N`, `>=N`, `<=N`, `>N`, `<N`, `ge(N)`, `le(N)`, `gt(N)`, `lt(N)`.
    private static func hasNodes(_ request: ServerRequest) throws(ElasticError) -> Bool {
        guard let text = request.query("wait_for_nodes") else { return true }
        let digits = text.filter(\.isNumber)
        guard let number = Int(digits) else { throw .illegalArgument("failed to parse wait_for_nodes [\(text)]") }
        switch text.replacing(digits, with: "").filter({ $0 != "(" && $0 != ")" }) {
        case "": return number == 1
        case ">=", "ge": return number <= 1
        case "<=", "le": return number >= 1
        case ">", "gt": return number < 1
        case "<", "lt": return number > 1
        default: throw .illegalArgument("failed to parse wait_for_nodes [\(text)]")
        }
    }

    /// Whether `wait_for_active_shards` is met: each index has one.
    private static func hasShards(_ request: ServerRequest, active: Int) throws(ElasticError) -> Bool {
        guard let text = request.query("wait_for_active_shards"), text != "all" else { return true }
        guard let number = Int(text) else { throw .illegalArgument("cannot parse ActiveShardCount[\(text)]") }
        return number <= active
    }

    private func authenticate(_ request: ServerRequest) -> ServerResponse {
        var user = "anonymous"
        if case .allowed(let name?) = services.guardian.verdict(on: request) { user = name }
        return ElasticAnswer.json(isPretty: request.isPretty) { writer in
            writer.object { answer in
                answer.member("username", user)
                answer.array("roles") { $0.value("superuser") }
                answer.nullMember("full_name")
                answer.nullMember("email")
                answer.object("metadata") { _ in }
                answer.member("enabled", true)
                for realm in ["authentication_realm", "lookup_realm"] {
                    answer.object(realm) {
                        $0.member("name", "gatewatch")
                        $0.member("type", "native")
                    }
                }
                answer.member("authentication_type", "realm")
            }
        }
    }
}
