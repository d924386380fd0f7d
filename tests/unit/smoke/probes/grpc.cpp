#include "unit/smoke/probes/web_bench.h"

using namespace fairlead;
using namespace fairlead::test;

namespace {

struct GrpcBench : WebBench {
    explicit GrpcBench(sys::HttpResponse response) {
        server.answers = [response](const sys::HttpRequest&) { return response; };
    }
    std::string told(const std::string& yaml = "app.example.org:443") { return faults(grpc_probe(), yaml); }
};

sys::HttpResponse grpc_answer(const std::string& message, const std::string& end = "0") {
    std::string body("\0\0\0\0", 4);
    return web_answer(200, {{"content-type", "application/grpc"}, {"grpc-status", end}},
                      body + static_cast<char>(message.size()) + message);
}

}

TEST_CASE("an address of a gRPC server is HOST:PORT or a URL") {
    WebBench bench;
    const auto url = [&](const std::string& yaml, const std::string& base = "") {
        return bench.read(grpc_probe(), yaml, base).value().url;
    };
    CHECK(url("app.example.org:443") == "https://app.example.org:443");
    CHECK(url("app.example.org:50051") == "http://app.example.org:50051");
    CHECK(url("{address: 'app.example.org:8443', tls: true}") == "https://app.example.org:8443");
    CHECK(url("{address: 'app.example.org:443', tls: false}") == "http://app.example.org:443");
    CHECK(url("'[::1]:50051'") == "http://[::1]:50051");
    CHECK(url("https://app.example.org") == "https://app.example.org");
    CHECK(url("{service: notes}", "https://app.example.org/v1") == "https://app.example.org");
    CHECK(bench.refusal(grpc_probe(), "app.example.org") ==
          "'app.example.org' has no port; write app.example.org:443, or https://app.example.org");
    CHECK(bench.refusal(grpc_probe(), "https://app.example.org/v1").find("without a path") != std::string::npos);
    CHECK(bench.refusal(grpc_probe(), "'grpc://app:1'").find("is not the address") != std::string::npos);
    CHECK(bench.refusal(grpc_probe(), "{address: 'http://app:1', tls: true}") ==
          "tls: true contradicts http://; remove tls, or write the address without the scheme");
    CHECK(bench.refusal(grpc_probe(), "{service: notes}", "").find("grpc needs an address") == 0);
}

TEST_CASE("a gRPC server that serves is good") {
    GrpcBench bench(grpc_answer("\x08\x01"));
    CHECK(bench.told("{address: 'app.example.org:50051', service: notes}").empty());
    REQUIRE(bench.server.asked.size() == 1);
    const auto& request = bench.server.asked.front();
    CHECK(request.url == "http://app.example.org:50051/grpc.health.v1.Health/Check");
    CHECK(request.method == "POST");
    CHECK(request.version == sys::HttpRequest::Version::http2_prior_knowledge);
    CHECK(request.body == std::string("\0\0\0\0\x07\x0A\x05notes", 12));
    CHECK(sent_header(request, "content-type") == "application/grpc");
    CHECK(sent_header(request, "te") == "trailers");
    GrpcBench secure(grpc_answer("\x08\x01"));
    CHECK(secure.told().empty());
    CHECK(secure.server.asked.front().version == sys::HttpRequest::Version::http2);
}

TEST_CASE("a gRPC server that doesn't serve says why, and whether it may come up") {
    const auto outcome = [](const sys::HttpResponse& response) {
        GrpcBench bench(response);
        return bench.ask(grpc_probe(), "app.example.org:443").outcome;
    };
    CHECK(GrpcBench(grpc_answer("\x08\x02")).told() == "smoke/grpc: the server is NOT_SERVING");
    CHECK(GrpcBench(grpc_answer("\x08\x02")).told("{address: 'a:1', service: notes}") ==
          "smoke/grpc: service 'notes' is NOT_SERVING");
    CHECK(outcome(grpc_answer("\x08\x02")) == Outcome::starting);
    CHECK(outcome(grpc_answer("")) == Outcome::starting); // UNKNOWN
    CHECK(outcome(grpc_answer("", "14")) == Outcome::starting);
    CHECK(outcome(grpc_answer("", "12")) == Outcome::broken);
    CHECK(GrpcBench(grpc_answer("", "12")).told() ==
          "smoke/grpc: answers UNIMPLEMENTED; the server has no grpc.health.v1.Health; add the health service to it");
    CHECK(GrpcBench(grpc_answer("", "5")).told("{address: 'a:1', service: notes}") ==
          "smoke/grpc: answers NOT_FOUND; the health service doesn't know service 'notes'");
    auto answer = grpc_answer("", "16");
    answer.headers.emplace_back("grpc-message", "who%20are%1b you");
    CHECK(GrpcBench(answer).told() == "smoke/grpc: answers UNAUTHENTICATED 'who are\\u001b you'; the health service "
                                      "asks for credentials; open it, or set bearer_env");
}

TEST_CASE("what isn't gRPC is told as what it is") {
    auto answer = grpc_answer("\x08\x01");
    answer.version = "1.1";
    CHECK(GrpcBench(answer).told() == "smoke/grpc: answers by HTTP/1.1; gRPC needs HTTP/2");
    CHECK(GrpcBench(web_answer(404)).told() ==
          "smoke/grpc: answers with status 404 instead of gRPC; is a gRPC server behind this address?");
    CHECK(GrpcBench(web_answer(200, {{"content-type", "text/html"}})).told() ==
          "smoke/grpc: answers 'text/html' instead of application/grpc; is a gRPC server behind this address?");
    answer = grpc_answer("\x08\x01");
    answer.headers.pop_back();
    CHECK(GrpcBench(answer).told().find("the answer has no grpc-status") != std::string::npos);
    answer = grpc_answer("\x08\x01");
    answer.body.pop_back();
    CHECK(GrpcBench(answer).told() == "smoke/grpc: the reply is cut off: 1 of 2 bytes");
    GrpcBench down(failed(sys::HttpFailure::refused));
    CHECK(down.told() == "smoke/connect: connection refused");
    CHECK(down.ask(grpc_probe(), "a:1").outcome == Outcome::starting);
    CHECK(GrpcBench(failed(sys::HttpFailure::reset)).told("a:1") ==
          "smoke/connect: connection refused; it may not speak HTTP/2 without TLS: if it speaks TLS, write tls: true");
    auto reset = grpc_answer("", "12"); // behind a whole answer
    reset.failure = sys::HttpFailure::other;
    CHECK(GrpcBench(reset).told().find("smoke/grpc: answers UNIMPLEMENTED") == 0);
    CHECK(GrpcBench(web_answer(503)).ask(grpc_probe(), "a:1").outcome == Outcome::starting); // a proxy before it
}
