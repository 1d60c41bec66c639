internal import ByteCoding
internal import GatewayModel
internal import HTTPTransport
internal import NIOHTTP1
internal import NIOCore

/// Lifecycle policies and index templates: kept as they are given; a policy in use sets the retention.
extension ElasticDoor {
    func addDeclarationRoutes(to router: inout Router, _ add: RouteAdder) {
        add(&router, ["PUT"], "/_ilm/policy/{name}") { request in try putPolicy(request) }
        add(&router, ["GET"], "/_ilm/policy") { request in try getPolicies(request) }
        add(&router, ["GET"], "/_ilm/policy/{name}") { request in try getPolicies(request) }
        add(&router, ["DELETE"], "/_ilm/policy/{name}") { request in
            try removeDeclaration(request, .policies, missing: "Lifecycle policy not found: ")
        }
        for (path, kind, list) in [("_index_template", IndexRegistry.Kind.indexTemplates, "index_templates"), ("_template", .legacyTemplates, "")] {
            add(&router, ["PUT", "POST"], "/\(path)/{name}") { request in try putTemplate(request, kind) }
            add(&router, ["GET"], "/\(path)") { request in try getTemplates(request, kind, list: list) }
            add(&router, ["GET"], "/\(path)/{name}") { request in try getTemplates(request, kind, list: list) }
            add(&router, ["DELETE"], "/\(path)/{name}") { request in try removeDeclaration(request, kind, missing: "index template matching not found: ") }
        }
    }

    private func putPolicy(_ request: ServerRequest) throws(ElasticError) -> ServerResponse {
        let name = try declarationName(request)
        let body = try document(of: request)
        guard body["policy"]?.members != nil else { throw .parsing("[put_lifecycle_request] requires the object [policy]") }
        for phase in body["policy"]?["phases"]?.members ?? [] where !["hot", "warm", "cold", "frozen", "delete"].contains(phase.name) {
            throw .illegalArgument("Timeseries lifecycle does not support phase [\(phase.name)]")
        }
        if let age = body["policy"]?["phases"]?["delete"]?["min_age"], IndexRegistry.deleteDays(of: body) == nil {
            throw .illegalArgument("failed to parse setting [min_age] with value [\(age.string ?? age.kindName)] as a time value")
        }
        try store(.policies, name, body)
        return ElasticAnswer.acknowledged(isPretty: request.isPretty)
    }

    private func getPolicies(_ request: ServerRequest) throws(ElasticError) -> ServerResponse {
        let names = try selected(.policies, request, missing: "Lifecycle policy not found: ")
        return ElasticAnswer.json(isPretty: request.isPretty) { writer in
            writer.object { answer in
                for name in names {
                    answer.object(name) { entry in
                        entry.member("version", services.registry.policyVersion(name))
                        entry.member("modified_date", services.identity.started.iso8601)
                        for member in services.registry.entry(.policies, name)?.members ?? [] {
                            entry.key(member.name)
                            member.value.write(to: &entry)
                        }
                        entry.object("in_use_by") { use in
                            for kind in ["indices", "data_streams", "composable_templates"] { use.array(kind) { _ in } }
                        }
                    }
                }
            }
        }
    }

    private func putTemplate(_ request: ServerRequest, _ kind: IndexRegistry.Kind) throws(ElasticError) -> ServerResponse {
        let name = try declarationName(request)
        let body = try document(of: request)
        guard let patterns = body["index_patterns"] ?? body["template"], patterns.elements != nil || patterns.string != nil else {
            throw ElasticError(.badRequest, "action_request_validation_exception", "Validation Failed: 1: index patterns are missing;")
        }
        if request.query("create") == "true", services.registry.entry(kind, name) != nil {
            throw .illegalArgument("index template [\(name)] already exists")
        }
        // One pattern may be given as a string; it is kept as the list it stands for.
        let members = (body.members ?? []).map { member in
            member.name == "index_patterns" && member.value.string != nil ? JSONValue.Member(name: member.name, value: .array([member.value])) : member
        }
        try store(kind, name, .object(members))
        return ElasticAnswer.acknowledged(isPretty: request.isPretty)
    }

    private func getTemplates(_ request: ServerRequest, _ kind: IndexRegistry.Kind, list: String) throws(ElasticError) -> ServerResponse {
        let names = try selected(kind, request, missing: "index template matching [", suffix: "] not found")
        return ElasticAnswer.json(isPretty: request.isPretty) { writer in
            writer.object { answer in
                guard !list.isEmpty else {
                    for name in names {
                        answer.key(name)
                        services.registry.entry(kind, name)?.write(to: &answer)
                    }
                    return
                }
                answer.array(list) { array in
                    for name in names {
                        array.object { entry in
                            entry.member("name", name)
                            entry.object("index_template") { template in
                                let members = services.registry.entry(kind, name)?.members ?? []
                                for member in members {
                                    template.key(member.name)
                                    member.value.write(to: &template)
                                }
                                if !members.contains(where: { $0.name == "composed_of" }) { template.array("composed_of") { _ in } }
                            }
                        }
                    }
                }
            }
        }
    }

    // MARK: Shared

    private func removeDeclaration(_ request: ServerRequest, _ kind: IndexRegistry.Kind, missing: String) throws(ElasticError) -> ServerResponse {
        let name = try declarationName(request)
        guard try services.registry.remove(kind, name) else { throw ElasticError(.notFound, "resource_not_found_exception", missing + name) }
        services.retentionDeclared()
        return ElasticAnswer.acknowledged(isPretty: request.isPretty)
    }

    private func selected(
        _ kind: IndexRegistry.Kind, _ request: ServerRequest, missing: String, suffix: String = ""
    ) throws(ElasticError) -> [String] {
        let all = services.registry.names(kind)
        guard let name = request.parameter("name") else { return all }
        let names = IndexExpression(name).select(from: all)
        guard !names.isEmpty || name.contains("*") else { throw ElasticError(.notFound, "resource_not_found_exception", missing + name + suffix) }
        return names
    }

    func store(_ kind: IndexRegistry.Kind, _ name: String, _ body: JSONValue) throws(ElasticError) {
        if let error = services.registry.put(kind, name, body) { throw error }
        services.retentionDeclared()
    }

    private func declarationName(_ request: ServerRequest) throws(ElasticError) -> String {
        guard let name = request.parameter("name"), !name.isEmpty, name.utf8.count <= 255, !name.contains(where: { $0 == "," || $0.isWhitespace }) else {
            throw .illegalArgument("invalid name [\(request.parameter("name") ?? "")]")
        }
        return name
    }

    /// The request's body as a JSON object.
    func document(of request: ServerRequest) throws(ElasticError) -> JSONValue {
        guard request.body.readableBytes > 0 else { throw .parsing("request body is required") }
        guard request.body.readableBytes <= IndexRegistry.entryBytesMax else {
            throw ElasticError(.payloadTooLarge, "illegal_argument_exception", "the body is larger than \(IndexRegistry.entryBytesMax) bytes")
        }
        return try JSONBody.parse(request.body)
    }
}
