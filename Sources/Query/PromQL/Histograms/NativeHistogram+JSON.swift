package import ByteCoding
package import GatewayModel

extension NativeHistogram {
    /// Writes the histogram as the Prometheus API gives it: count, sum and the buckets that hold anything, each as the rule of its boundaries, its limits and its count.
    ///
    /// Source: prometheus/prometheus `util/jsonutil/marshal.go`, `MarshalHistogram`.
    package func writeJSON(to writer: inout JSONWriter) {
        writer.object { object in
            object.member("count", PrometheusNumber.of(count))
            object.member("sum", PrometheusNumber.of(sum))
            let buckets = allBuckets.filter { $0.count != 0 }
            guard !buckets.isEmpty else { return }
            object.array("buckets") { array in
                for bucket in buckets {
                    array.array { parts in
                        parts.value(bucket.boundaryRule)
                        for number in [bucket.lower, bucket.upper, bucket.count] { parts.value(PrometheusNumber.of(number)) }
                    }
                }
            }
        }
    }
}
