internal import ByteCoding
package import GatewayModel
internal import HTTPTransport
internal import NIOCore
internal import NIOHTTP1
internal import SeriesIngest

/// `POST /api/v1/write`: what a Prometheus, vmagent or any other sender of remote write 1.0 writes to; and OpenTelemetry's metrics over HTTP.
struct PrometheusWriteRoutes: Sendable {
    let services: WebServices

    func addRoutes(to router: inout Router, _ add: RouteAdder) {
        add(&router, ["POST"], "/api/v1/write") { await write($0) }
        // Where a Prometheus takes OpenTelemetry's metrics, and where exporters send them when they are given the server alone.
        for path in ["/api/v1/otlp/v1/metrics", "/v1/metrics"] { add(&router, ["POST"], path) { await takeOTLP($0) } }
    }

    private func write(_ request: ServerRequest) async -> ServerResponse {
        let headers = request.headers
        if let refusal = RemoteWriteRequest.refusal(contentType: headers.first(name: "Content-Type"), contentEncoding: headers.first(name: "Content-Encoding")) {
            return refusal.response
        }
        let samples = services.series.samples
        do throws(RemoteWriteError) {
            let decoded = try samples.decode(request.body)
            // Requests with metadata only, and empty ones, are normal.
            guard !decoded.batch.isEmpty else { return SampleAnswer(nil, invalid: decoded.invalid).response }
            do throws(SeriesWriteError) {
                let receipt = try await samples.writer.append(decoded.batch)
                samples.decoder.learn(decoded, receipt)
                return SampleAnswer(receipt, invalid: decoded.invalid).response
            } catch { return SampleAnswer(error).response }
        } catch { return error.answer.response }
    }
}

extension PrometheusWriteRoutes {
    /// Source: OpenTelemetry Protocol specification 1, OTLP/HTTP: an answer has the request's encoding, also when it is an error.
    private func takeOTLP(_ request: ServerRequest) async -> ServerResponse {
        guard let encoding = OTLPMetricsDoor.Encoding(contentType: request.headers.first(name: "Content-Type")) else {
            return PrometheusError(.unsupportedMediaType, "the content type must be application/x-protobuf or application/json").response
        }
        func refusal(_ status: Int, _ message: String) -> ServerResponse {
            var response = ServerResponse(contentType: encoding.contentType, body: .bytes(OTLPMetricsDoor.refusal(message, encoding)))
            response.status = HTTPResponseStatus(statusCode: status)
            if status == 503 { response.headers.add(name: "Retry-After", value: "1") }
            return response
        }
        guard !request.headers.contains(name: "Content-Encoding") else { return refusal(415, "the content encoding must be gzip or none") }
        let samples = services.series.samples
        do throws(OTLPError) {
            let decoded = try samples.decodeOTLP(request.body, encoding)
            do throws(SeriesWriteError) {
                let receipt = decoded.batch.isEmpty ? nil : try await samples.writer.append(decoded.batch)
                return ServerResponse(contentType: encoding.contentType, body: .bytes(OTLPMetricsDoor.answer(decoded, receipt, encoding)))
            } catch {
                let answer = SampleAnswer(error)
                return refusal(answer.status, answer.message)
            }
        } catch { return refusal(400, error.reason) }
    }
}

/// The way of written samples into the store.
package struct SampleDoor: Sendable {
    package let writer: any SeriesWriter
    let decoder = RemoteWriteDecoder()
    let openTelemetry: OTLPMetricsDoor

    /// - Parameter promotedAttributes: attributes of OpenTelemetry's resources that become labels of each of their series.
    package init(writer: any SeriesWriter, promotedAttributes: Set<String> = []) {
        self.writer = writer
        openTelemetry = OTLPMetricsDoor(promotedAttributes: promotedAttributes)
    }

    fileprivate func decode(_ body: ByteBuffer) throws(RemoteWriteError) -> RemoteWriteBatch {
        // Safe: the pointer does not leave the closure.
        let result = unsafe body.withUnsafeReadableBytes { bytes -> Result<RemoteWriteBatch, RemoteWriteError> in
            do throws(RemoteWriteError) { return unsafe .success(try decoder.decode(bytes)) } catch { return .failure(error) }
        }
        return try result.get()
    }
}

extension SampleDoor {
    fileprivate func decodeOTLP(_ body: ByteBuffer, _ encoding: OTLPMetricsDoor.Encoding) throws(OTLPError) -> OTLPBatch {
        // Safe: the pointer does not leave the closure.
        let result = unsafe body.withUnsafeReadableBytes { bytes -> Result<OTLPBatch, OTLPError> in
            do throws(OTLPError) { return unsafe .success(try openTelemetry.decode(bytes, encoding)) } catch { return .failure(error) }
        }
        return try result.get()
    }
}

extension SampleAnswer {
    /// A sentence in plain text, which senders put into their logs.
    var response: ServerResponse {
        let status = HTTPResponseStatus(statusCode: status)
        guard !message.isEmpty else { return ServerResponse(status: status) }
        var response = ServerResponse(status: status, text: message + "\n")
        if status == .serviceUnavailable { response.headers.add(name: "Retry-After", value: "1") }
        return response
    }
}
