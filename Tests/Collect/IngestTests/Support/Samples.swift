/// Documents as the gateways write them.
enum Samples {
    static let apisixChat = #"""
        {"request":{"url":"http://ai.example.com:9080/v1/chat/completions","uri":"/v1/chat/completions","method":"POST","headers":{"host":"ai.example.com:9080","content-type":"application/json","user-agent":"OpenAI/Python 1.99.0","authorization":"Bearer sk-client-redact-me","content-length":"181"},"querystring":{},"size":512},"response":{"status":200,"headers":{"content-type":"application/json","server":"APISIX/3.18.0","connection":"keep-alive"},"size":1034},"server":{"hostname":"apisix-0","version":"3.18.0"},"upstream":"api.openai.com:443","service_id":"genai","route_id":"chat","consumer":{"username":"team-search"},"client_ip":"10.4.7.21","start_time":1766650000123,"latency":2861.9999885559,"upstream_latency":2858,"apisix_latency":3.9999885559082,"llm_summary":{"request_model":"gpt-4o","model":"gpt-4o","duration":2857,"prompt_tokens":23,"completion_tokens":8,"total_tokens":31,"upstream_response_time":2857,"stream":"false","tool_count":0,"has_tool_calls":"false","end_user_id":"","cache_read_input_tokens":0,"cache_creation_input_tokens":0,"reasoning_tokens":0,"content_risk_level":""},"llm_request":{"messages":[{"role":"system","content":"You are a mathematician"},{"role":"user","content":"What is 1+1?"}],"stream":false},"llm_response_text":{"content":"1+1 equals 2."}}
        """#

    static let apisixStream = #"""
        {"request":{"url":"http://ai.example.com:9080/v1/chat/completions","uri":"/v1/chat/completions?trace","method":"POST","headers":{"host":"ai.example.com:9080","accept":"text/event-stream","content-type":"application/json","x-forwarded-for":["10.4.7.30","10.0.0.2"]},"querystring":{"trace":true},"size":1840},"response":{"status":200,"headers":{"content-type":"text/event-stream","transfer-encoding":"chunked","server":"APISIX/3.18.0"},"size":48211},"server":{"hostname":"apisix-1","version":"3.18.0"},"upstream":"llm-b.internal:8000","service_id":"","route_id":"chat-stream","consumer":{"username":"team-docs"},"client_ip":"10.4.7.30","start_time":1766650003001,"latency":7934.0000152588,"upstream_latency":7921,"apisix_latency":13.000015258789,"llm_summary":{"request_model":"llama-3.3-70b","model":"llama-3.3-70b","duration":412,"prompt_tokens":1830,"completion_tokens":611,"total_tokens":2441,"upstream_response_time":7920,"stream":"true","tool_count":3,"has_tool_calls":"true","end_user_id":"u-7781","cache_read_input_tokens":1536,"cache_creation_input_tokens":0,"reasoning_tokens":204,"content_risk_level":""}}
        """#

    static let apisixRateLimited = #"""
        {"request":{"url":"http://ai.example.com:9080/v1/chat/completions","uri":"/v1/chat/completions","method":"POST","headers":{"host":"ai.example.com:9080","content-type":"application/json"},"querystring":{},"size":903},"response":{"status":429,"headers":{"content-type":"application/json","server":"APISIX/3.18.0"},"size":377},"server":{"hostname":"apisix-0","version":"3.18.0"},"upstream":"api.openai.com:443","service_id":"genai","route_id":"chat","client_ip":"10.4.9.2","start_time":1766650011555,"latency":188,"upstream_latency":186,"apisix_latency":2,"llm_summary":{"request_model":"gpt-4o","model":"gpt-4o","duration":185,"prompt_tokens":"0","completion_tokens":"0","total_tokens":"0","upstream_response_time":185,"stream":"false","tool_count":0,"has_tool_calls":"false","end_user_id":"","cache_read_input_tokens":"0","cache_creation_input_tokens":"0","reasoning_tokens":"0","content_risk_level":""}}
        """#

    static let noveum = #"""
        {"timestamp":"2025-03-05T16:03:26.373512004+00:00","resource":{"service.name":"noveum_ai_gateway","service.version":"1.0.1","deployment.environment":"production"},"name":"ai_gateway_request_log","attributes":{"id":"msg_5e3c9a10","thread_id":"thread_09c1f7aa","org_id":"org_123","user_id":"user_456","project_id":"proj_design","experiment_id":null,"provider":"openai","model":"gpt-4o-2024-08-06","request":{"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}],"temperature":0.7},"response":{"id":"chatcmpl-1","model":"gpt-4o-2024-08-06","choices":[{"index":0,"message":{"role":"assistant","content":"Hello!"},"finish_reason":"stop"}],"usage":{"prompt_tokens":8,"completion_tokens":2,"total_tokens":10}},"metadata":{"project_id":"proj_design","project_name":null,"latency":640,"ttfb":631,"tokens":{"input":8,"output":2,"total":10},"cost":0.0003,"status":"success","path":"/v1/chat/completions","method":"POST","request_size":94,"response_size":412,"provider_latency":0,"status_code":200,"provider_status_code":0,"error_count":0,"error_type":null,"provider_error_count":0,"provider_error_type":null,"provider_request_id":"req_abc"}}}
        """#

    static let noveumGuide = #"""
        {
          "timestamp": "2025-03-05T16:03:20.123Z",
          "resource": {
            "service.name": "noveum_ai_gateway",
            "service.version": "1.0.0",
            "deployment.environment": "production"
          },
          "name": "ai_gateway_request_log",
          "attributes": {
            "id": "msg_29",
            "thread_id": "thread_29",
            "org_id": "org_123",
            "user_id": "user_456",
            "project_id": "proj_design",
            "provider": "azure",
            "model": "gpt-4-turbo",
            "request": {
              "model": "gpt-4-turbo",
              "messages": [
                {
                  "role": "user",
                  "content": "Sample request content..."
                }
              ],
              "temperature": 0.7
            },
            "response": {
              "id": "chatcmpl-az-gpt4-001",
              "choices": [
                {
                  "message": {
                    "role": "assistant",
                    "content": "Sample response content..."
                  },
                  "finish_reason": "stop"
                }
              ],
              "usage": {
                "prompt_tokens": 48,
                "completion_tokens": 865,
                "total_tokens": 913
              }
            },
            "metadata": {
              "project_id": "proj_design",
              "project_name": "UX Design",
              "latency": 6250,
              "tokens": { "input": 48, "output": 865, "total": 913 },
              "cost": 0.0456,
              "status": "success",
              "path": "/v1/chat/completions",
              "method": "POST",
              "request_size": 193,
              "response_size": 52280,
              "provider_latency": 255,
              "status_code": 200,
              "provider_status_code": 0,
              "error_count": 0,
              "error_type": null,
              "provider_error_count": 0,
              "provider_error_type": null
            }
          }
        }
        """#
}
