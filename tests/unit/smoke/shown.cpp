#include "smoke/shown.h"
#include "base/secrets/credentials.h"
#include "base/secrets/secret.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::smoke;

TEST_CASE("a request is shown as a command of curl that sends the same") {
    sys::HttpRequest request;
    request.url = "https://app.example.org/a?b=it's";
    CHECK(curl_command(request) == R"(curl -sS -i 'https://app.example.org/a?b=it'\''s')");
    request.method = "PUT";
    request.headers = {{"Accept", "text/html"}, {"X-Empty", ""}};
    request.body = R"({"a": 1})";
    request.resolve = {"app.example.org:443:127.0.0.1"};
    request.insecure = true;
    CHECK(curl_command(request) ==
          R"(curl -sS -i -X PUT -H 'Accept: text/html' -H 'X-Empty;' --data-raw '{"a": 1}' )"
          R"(--resolve app.example.org:443:127.0.0.1 --insecure 'https://app.example.org/a?b=it'\''s')");
    sys::HttpRequest odd;
    odd.method = "POST";
    odd.url = "http://h/a?x[1]=2";
    odd.body = "@/etc/passwd";
    CHECK(curl_command(odd) == "curl -sS -i --data-raw @/etc/passwd --globoff 'http://h/a?x[1]=2'");
    sys::HttpRequest head;
    head.method = "HEAD";
    head.url = "http://h/";
    CHECK(curl_command(head) == "curl -sS -I http://h/");
    sys::HttpRequest post;
    post.method = "POST";
    post.url = "http://h/";
    CHECK(curl_command(post) == "curl -sS -i -X POST http://h/");
    post.body = std::string("a\0b", 3);
    CHECK(curl_command(post) == "curl -sS -i --data-binary @- http://h/");
}

TEST_CASE("no secret of a request or an answer is shown") {
    sys::HttpRequest request;
    request.url = "https://ada:s3cr3t-pass@app.example.org/?token=tok-77123456";
    request.headers = {{"Authorization", "Bearer bear-991234"}, {"Cookie", "session=cook-5512345"}};
    request.bearer = Secret("bearer-443322");
    const Secret known("known-887766");
    request.body = "password=" + known.reveal();
    sys::HttpResponse response;
    response.status = 500;
    response.headers = {{"Set-Cookie", "session=sess-2244668"}, {"X-Echo", known.reveal()}};
    response.body = "trace: " + known.reveal() + "\nhttps://ada:s3cr3t-pass@db/";
    const auto [command, answer, times] = shown_exchange(request, response);
    for (const auto* secret : {"s3cr3t-pass", "tok-77123456", "bear-991234", "cook-5512345", "bearer-443322",
                               "known-887766", "sess-2244668"}) {
        INFO(secret << "\n" << command << "\n" << answer);
        CHECK(command.find(secret) == std::string::npos);
        CHECK(answer.find(secret) == std::string::npos);
    }
}

TEST_CASE("the times of an answer are split into its steps") {
    sys::HttpResponse response;
    CHECK(split_times(response).empty());
    response.dns = Milliseconds{2};
    response.connect = Milliseconds{5};
    response.tls = Milliseconds{25};
    response.first_byte = Milliseconds{90};
    response.total = Milliseconds{95};
    CHECK(split_times(response) == "dns 2ms, connect 3ms, tls 20ms, first byte 65ms, total 95ms");
    response.dns = response.connect = response.tls = Milliseconds{0}; // a kept connection
    CHECK(split_times(response) == "first byte 90ms, total 95ms");
}

TEST_CASE("of an answer only the beginning is shown, and nothing that steers a terminal") {
    sys::HttpResponse response;
    response.status = 500;
    response.version = "2";
    for (int i = 0; i < 20; ++i) response.headers.emplace_back("x-" + std::to_string(i), "v");
    response.body = "one\n\x1b[2Jtwo\n" + std::string(5000, 'x') + "\n4\n5\n6\n7\n8\n";
    const auto answer = shown_exchange({}, response).answer;
    CHECK(answer.starts_with("< HTTP/2 500\n< x-0: v\n"));
    CHECK(answer.find("< ... 8 more headers\n") != std::string::npos);
    CHECK(answer.find('\x1b') == std::string::npos);
    CHECK(answer.ends_with("< ...\n"));
    CHECK(answer.size() < 1000);
    response.body = "one\r\ntwo\r\n";
    CHECK(shown_exchange({}, response).answer.find("< one\n< two\n") != std::string::npos);
    response.body = std::string("\0\1\2", 3);
    CHECK(shown_exchange({}, response).answer.ends_with("< 3 bytes that are not text\n"));
}
