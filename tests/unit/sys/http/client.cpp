#include "sys/http/client.h"
#include "sys/files/files.h"
#include "sys/signals.h"
#include "unit/sys/http_server.h"
#include <arpa/inet.h>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <netinet/in.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using namespace fairlead;
using namespace fairlead::sys;
using namespace fairlead::test;

namespace {

std::string ok(const std::string& body, const std::string& headers = "") {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + headers + "\r\n" + body;
}

HttpRequest get(const std::string& url) {
    HttpRequest request;
    request.url = url;
    request.timeout = Milliseconds(5000);
    return request;
}

HttpResponse sent(const HttpRequest& request) {
    auto result = real_http().send(request);
    INFO((result.ok() ? "" : result.error().message));
    REQUIRE(result.ok());
    return std::move(result).value();
}

// Each failure has a reason.
HttpFailure failure(const HttpRequest& request) {
    const HttpResponse response = sent(request);
    UNSCOPED_INFO(response.reason);
    if (response.failure != HttpFailure::none) CHECK_FALSE(response.reason.empty());
    return response.failure;
}

}

TEST_CASE("a response comes with status, headers, body and times") {
    Server server([](const std::string&) {
        return Server::Answer{"HTTP/1.1 404 Not Found\r\nX-One:  a \r\nx-one: b\r\nContent-Length: 4\r\n\r\nbody"};
    });
    const HttpResponse response = sent(get(server.url()));
    CHECK(response.failure == HttpFailure::none);
    CHECK(response.status == 404);
    CHECK(response.body == "body");
    CHECK(response.header("X-ONE") == "a");
    CHECK(response.headers.size() == 3);
    CHECK(response.header("absent").empty());
    CHECK(response.sent_any);
    CHECK(response.total >= response.first_byte);
    CHECK(response.first_byte >= response.connect);
}

TEST_CASE("what is sent is what was asked") {
    std::string seen;
    Server server([&](const std::string& request) {
        seen = request;
        return Server::Answer{ok("")};
    });
    HttpRequest request = get(server.url("/path?q=1"));
    request.method = "PATCH";
    request.body = "{\"a\":1}";
    request.headers = {{"Content-Type", "application/json"}, {"X-Empty", ""}};
    request.bearer = Secret("to"
                            "ken-1");
    sent(request);
    CHECK(seen.starts_with("PATCH /path?q=1 HTTP/1.1\r\n"));
    CHECK(seen.find("\r\nContent-Type: application/json\r\n") != std::string::npos);
    CHECK(seen.find("\r\nX-Empty:\r\n") != std::string::npos);
    CHECK(seen.find("\r\nAuthorization: Bearer token-1\r\n") != std::string::npos);
    CHECK(seen.find("\r\nUser-Agent: fairlead/") != std::string::npos);
    CHECK(seen.find("Expect") == std::string::npos);
    CHECK(seen.ends_with("\r\n\r\n{\"a\":1}"));
    for (const char* method : {"GET", "POST", "PUT", "DELETE", "OPTIONS"}) {
        request = get(server.url());
        request.method = method;
        sent(request);
        CHECK(seen.starts_with(std::string(method) + " / HTTP/1.1\r\n"));
        CHECK(seen.find("token-1") == std::string::npos); // nothing of the request before
        CHECK(seen.ends_with("\r\n\r\n"));
    }
}

TEST_CASE("HEAD has no body and its length is not waited for") {
    Server server([](const std::string&) { return Server::Answer{"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"}; });
    HttpRequest request = get(server.url());
    request.method = "HEAD";
    const HttpResponse response = sent(request);
    CHECK(response.status == 200);
    CHECK(response.failure == HttpFailure::none);
    CHECK(response.body.empty());
}

TEST_CASE("a connection is kept for the next request") {
    Server server([](const std::string&) { return Server::Answer{ok("x")}; });
    sent(get(server.url()));
    sent(get(server.url()));
    CHECK(server.connections == 1);
}

TEST_CASE("a fresh connection is closed after its request") {
    Server server([](const std::string&) { return Server::Answer{ok("x")}; });
    HttpRequest request = get(server.url());
    request.fresh_connection = true;
    for (int i = 0; i < 3; ++i) CHECK(sent(request).status == 200);
    CHECK(server.connections == 3);
}

TEST_CASE("failures are told apart") {
    std::string refused_url;
    {
        Server gone([](const std::string&) { return Server::Answer{}; });
        refused_url = gone.url();
    }
    CHECK(failure(get(refused_url)) == HttpFailure::refused);
    CHECK_FALSE(sent(get(refused_url)).sent_any);

    Server resetting([](const std::string&) { return Server::Answer{"", Server::Then::reset}; });
    CHECK(failure(get(resetting.url())) == HttpFailure::reset);
    CHECK(sent(get(resetting.url())).sent_any);

    Server empty([](const std::string&) { return Server::Answer{"", Server::Then::close}; });
    CHECK(failure(get(empty.url())) == HttpFailure::empty_reply);

    Server cut([](const std::string&) {
        return Server::Answer{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", Server::Then::close};
    });
    const HttpResponse half = sent(get(cut.url()));
    CHECK(half.failure == HttpFailure::reset);
    CHECK(half.body == "half");
    CHECK(half.status == 200);

    CHECK(failure(get("http://no-such-host.invalid/")) == HttpFailure::resolve);
    Server junk([](const std::string&) { return Server::Answer{"hello\r\n\r\n", Server::Then::close}; });
    CHECK(failure(get(junk.url())) == HttpFailure::other);
}

TEST_CASE("an attempt ends at its timeout, with a silent server and with one that dribbles") {
    Server silent([](const std::string&) { return Server::Answer{"", Server::Then::hang}; });
    HttpRequest request = get(silent.url());
    request.timeout = Milliseconds(200);
    const auto start = std::chrono::steady_clock::now();
    CHECK(failure(request) == HttpFailure::timeout);
    CHECK(sent(request).reason.find("deadline") == std::string::npos);
    request.rest_of_deadline = true;
    CHECK(sent(request).reason.find("; the deadline was over") != std::string::npos);
    request.rest_of_deadline = false;
    Server slow([](const std::string&) {
        return Server::Answer{ok(std::string(1000, 'x')), Server::Then::close, Milliseconds(2)};
    });
    request.url = slow.url();
    request.timeout = Milliseconds(700); // its headers take a tenth of a second, on a busy machine several
    const auto second = std::chrono::steady_clock::now();
    const HttpResponse response = sent(request);
    CHECK(std::chrono::steady_clock::now() - second > request.timeout - Milliseconds(1)); // curl rounds to milliseconds
    CHECK(response.failure == HttpFailure::timeout);
    CHECK(response.status == 200);
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(4));
}

TEST_CASE("a body over its limit and endless headers are cut") {
    Server large([](const std::string&) { return Server::Answer{ok(std::string(5000, 'x')), Server::Then::close}; });
    HttpRequest request = get(large.url());
    request.body_limit = 4999;
    const HttpResponse response = sent(request);
    CHECK(response.failure == HttpFailure::too_large);
    CHECK(response.reason == "the body is larger than 4999 bytes");
    CHECK(response.body.size() == 4999);
    request.body_limit = 5000;
    CHECK(failure(request) == HttpFailure::none);
    std::string headers;
    for (int i = 0; i < 30'000; ++i) headers += "X-" + std::to_string(i) + ": " + std::string(50, 'y') + "\r\n";
    Server endless([&](const std::string&) { return Server::Answer{ok("", headers), Server::Then::close}; });
    CHECK(failure(get(endless.url())) == HttpFailure::too_large);
}

TEST_CASE("no redirect is followed, so nothing that lets in goes along to another host, port or protocol") {
    int others = 0;
    Server other([&](const std::string&) {
        ++others;
        return Server::Answer{ok("end")};
    });
    for (const std::string& to : {other.url("/end"), std::string("/end"), std::string("file:///etc/passwd")}) {
        int asked = 0;
        Server server([&](const std::string&) {
            ++asked;
            return Server::Answer{"HTTP/1.1 302 Found\r\nLocation: " + to + "\r\nContent-Length: 4\r\n\r\ngone"};
        });
        HttpRequest request = get(server.url());
        request.bearer = Secret("bearer-of-the-redirect");
        request.headers = {{"X-Api-Key", "key-of-the-redirect"}, {"Cookie", "session=of-the-redirect"}};
        const HttpResponse response = sent(request);
        CHECK(response.status == 302);
        CHECK(response.body == "gone");
        CHECK(response.header("location") == to);
        CHECK(asked == 1);
    }
    CHECK(others == 0);
}

TEST_CASE("an origin is what would be connected to, however the URL is dressed") {
    CHECK(origin_of("https://App.Example.org/x") == "https://app.example.org:443");
    CHECK(origin_of("http://app.example.org:8080") == "http://app.example.org:8080");
    CHECK(origin_of("https://app.example.org:443/") == origin_of("HTTPS://user:pass@app.example.org"));
    CHECK(origin_of("https://evil.example:443/x@app.example.org/") == "https://evil.example:443");
    CHECK(origin_of("https://app.example.org@evil.example/") == "https://evil.example:443");
    CHECK(origin_of("http://app.example.org") != origin_of("https://app.example.org"));
    CHECK(origin_of("https://app.example.org\\@evil.example/") != "https://app.example.org:443");
    CHECK(origin_of("file:///etc/passwd").empty());
    CHECK(origin_of("app.example.org").empty());
    CHECK(origin_of("").empty());
}

TEST_CASE("a unix socket is asked instead of the host") {
    const std::string path =
        (std::filesystem::temp_directory_path() / ("fl-" + std::to_string(::getpid()) + ".sock")).string();
    {
        std::string seen;
        Server server(
            [&](const std::string& request) {
                seen = request;
                return Server::Answer{ok("unix")};
            },
            path);
        HttpRequest request = get("http://app.example.org/x");
        request.socket = path;
        CHECK(sent(request).body == "unix");
        CHECK(seen.find("Host: app.example.org\r\n") != std::string::npos);
    }
    HttpRequest request = get("http://app.example.org/x");
    request.socket = path;
    request.fresh_connection = true;
    CHECK(failure(request) == HttpFailure::refused); // the file is there, nobody listens
    std::filesystem::remove(path);
    CHECK(failure(request) == HttpFailure::refused);
}

TEST_CASE("a link where a unix socket should be is never followed, and said") {
    const auto folder = TemporaryFolder::make("fairlead-http").value();
    const auto real = (folder.path() / "real.sock").string(), link = (folder.path() / "app.sock").string();
    Server server([](const std::string&) { return Server::Answer{ok("unix")}; }, real);
    HttpRequest request = get("http://app.example.org/x");
    request.socket = real;
    CHECK(sent(request).body == "unix");
    std::filesystem::create_symlink(real, link);
    request.socket = link;
    const auto refused = sent(request);
    CHECK(refused.failure == HttpFailure::other);
    CHECK(refused.reason.find("'" + link + "' is a link") != std::string::npos);
    CHECK(refused.status == 0);
    CHECK_FALSE(refused.sent_any);
    CHECK(server.connections == 1);
    sys::write_file(folder.path() / "file", "").value();
    request.socket = (folder.path() / "file").string();
    CHECK(sent(request).reason.ends_with("/file' is not a socket"));
    CHECK(server.connections == 1);
}

TEST_CASE("a socket in another user's folder has to be that user's") {
    if (::geteuid() != 0) SKIP_LOUDLY("root", "nothing can be given to another user");
    constexpr uid_t nobody = 65534;
    const auto folder = TemporaryFolder::make("fairlead-http").value();
    const auto path = (folder.path() / "app.sock").string();
    Server server([](const std::string&) { return Server::Answer{ok("unix")}; }, path);
    HttpRequest request = get("http://app.example.org/x");
    request.socket = path;
    REQUIRE(::chown(folder.path().c_str(), nobody, nobody) == 0);
    CHECK(sent(request).reason == "'" + path + "' is a socket of user 0, in a folder of user 65534");
    CHECK(server.connections == 0);
    REQUIRE(::chown(path.c_str(), nobody, nobody) == 0);
    CHECK(sent(request).body == "unix");
}

TEST_CASE("a given address holds for its own request only") {
    Server one([](const std::string&) { return Server::Answer{ok("one")}; });
    HttpRequest request = get("http://name.invalid:" + std::to_string(one.port) + "/");
    request.resolve = {"name.invalid:" + std::to_string(one.port) + ":127.0.0.1"};
    CHECK(sent(request).body == "one");
    CHECK(sent(request).body == "one");
    request.resolve.clear();
    CHECK(failure(request) == HttpFailure::resolve);
    request.resolve = {"nonsense"};
    const auto wrong = real_http().send(request);
    REQUIRE_FALSE(wrong.ok());
    CHECK(wrong.error().kind == Kind::usage);
}

TEST_CASE("wrong use is an error before anything is sent") {
    const auto refused = [](const HttpRequest& request) {
        const auto result = real_http().send(request);
        return !result.ok() && result.error().kind == Kind::usage;
    };
    for (const char* url : {"", "example.org", "ftp://example.org/", "file:///etc/passwd", "http://", "http://a b/",
                            "http://a/\r\nX: y", "gopher://x/", "HTTP:/x"}) {
        INFO(url);
        CHECK(refused(get(url)));
    }
    HttpRequest request = get("http://127.0.0.1:1/");
    request.method = "GET /x HTTP/1.1\r\nX:";
    CHECK(refused(request));
    request = get("http://127.0.0.1:1/");
    request.headers = {{"X", "a\r\nY: b"}};
    CHECK(refused(request));
    request.headers = {{"X: a\r\nY", "b"}};
    CHECK(refused(request));
    request.headers.clear();
    request.bearer = Secret("abcd\r\nY: b");
    CHECK(refused(request));
}

TEST_CASE("a stop request ends an attempt that waits") {
    Server silent([](const std::string&) { return Server::Answer{"", Server::Then::hang}; });
    catch_signals();
    std::thread stopper([] {
        std::this_thread::sleep_for(Milliseconds(200));
        ::kill(::getpid(), SIGTERM);
    });
    HttpRequest request = get(silent.url());
    request.timeout = Milliseconds(30'000);
    const auto start = std::chrono::steady_clock::now();
    const auto result = real_http().send(request);
    const auto took = std::chrono::steady_clock::now() - start;
    stopper.join();
    reset_stop_request();
    std::signal(SIGTERM, SIG_DFL);
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGHUP, SIG_DFL);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().kind == Kind::could_not);
    CHECK(took < std::chrono::seconds(4));
}

TEST_CASE("several threads ask at once, each on its own connection") {
    Server one([](const std::string&) { return Server::Answer{ok("1"), Server::Then::close}; });
    std::atomic<int> good{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int j = 0; j < 5; ++j) {
                const auto result = real_http().send(get(one.url()));
                if (result.ok() && result->body == "1") ++good;
            }
        });
    for (auto& thread : threads) thread.join();
    CHECK(good == 20);
}

TEST_CASE("a server without TLS fails the handshake") {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(::bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(::listen(listener, 1) == 0);
    ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
    std::thread server([&] {
        const int peer = ::accept(listener, nullptr, nullptr);
        char buffer[4096];
        [[maybe_unused]] const auto got = ::recv(peer, buffer, sizeof buffer, 0);
        ::send(peer, "HTTP/1.1 400 Bad Request\r\n\r\n", 28, MSG_NOSIGNAL);
        ::close(peer);
    });
    CHECK(failure(get("https://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/")) ==
          HttpFailure::tls_handshake);
    server.join();
    ::close(listener);
}

TEST_CASE("a compressed body is read, not asked for") {
    std::string request;
    const std::string gzip(
        "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\xcb\x48\xcd\xc9\xc9\x07\x00\x86\xa6\x10\x36\x05\x00"
        "\x00\x00",
        25);
    Server server([&](const std::string& text) {
        request = text;
        return Server::Answer{ok(gzip, "Content-Encoding: gzip\r\n")};
    });
    CHECK(sent(get(server.url())).body == "hello");
    CHECK(request.find("Accept-Encoding") == std::string::npos);
}

TEST_CASE("what runs here is asked directly, whatever proxy is set; the reason names the proxy's variable elsewhere") {
    Server server([](const std::string&) { return Server::Answer{ok("here")}; });
    ::setenv("http_proxy", "http://127.0.0.1:1", 1);
    const HttpResponse here = sent(get(server.url())), elsewhere = sent(get("http://example.org/"));
    ::setenv("no_proxy", "*", 1);
    const HttpResponse direct = sent(get(server.url()));
    ::unsetenv("http_proxy");
    ::unsetenv("no_proxy");
    CHECK(here.body == "here");
    CHECK(direct.body == "here");
    CHECK(elsewhere.failure == HttpFailure::refused);
    CHECK(elsewhere.reason.find("(the proxy of http_proxy)") != std::string::npos);
}
