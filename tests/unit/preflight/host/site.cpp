#include "preflight/host/site.h"
#include "support/catch.h"
#include <map>

using namespace fairlead;
using namespace fairlead::preflight;

namespace {

struct Still : sys::Clock {
    SystemTime now() override { return {}; }
    Steady steady() override { return time; }
    bool sleep(Milliseconds) override { return true; }
    Steady time{};
};

// Answers by URL; what isn't there is a 404.
struct Net {
    std::map<std::string, sys::HttpResponse> answers;
    std::vector<sys::HttpRequest> asked;
    Still clock;
    Milliseconds each{0};

    Result<Site> site(const std::string& url) {
        return ask_site(
            url,
            [this](const sys::HttpRequest& request) -> Result<sys::HttpResponse> {
                asked.push_back(request);
                clock.time += each;
                if (request.look_up) return sys::HttpResponse{.records = records};
                if (request.old_tls) return sys::HttpResponse{.failure = sys::HttpFailure::tls_handshake};
                const auto found = answers.find(request.url);
                return found == answers.end() ? sys::HttpResponse{.status = 404} : found->second;
            },
            clock);
    }
    sys::NameRecords records;
};

sys::HttpResponse moved(std::string to) { return {.status = 301, .redirect = std::move(to)}; }

}

TEST_CASE("redirects are kept hop by hop, and the origin that they end at is asked") {
    Net net;
    net.answers["https://a.test/"] = moved("https://www.a.test/home");
    net.answers["https://www.a.test/home"] = {.status = 200, .body = "home"};
    net.answers["http://a.test/"] = moved("https://a.test/");
    const auto site = net.site("https://a.test/");
    REQUIRE(site.ok());
    REQUIRE(site->hops.size() == 2);
    REQUIRE(site->page());
    CHECK(site->page()->body == "home");
    CHECK(site->not_found->url.starts_with("https://www.a.test/"));
    CHECK(site->files.size() == std::size(site_files));
    CHECK(site->plain.size() == 3);
    CHECK(site->trace->url == "https://www.a.test/home");
    CHECK(site->old_tls.empty());
    for (const auto& request : net.asked) CHECK(request.look_at_tls);
}

TEST_CASE("a login at another site is followed and not judged") {
    Net net;
    net.answers["https://a.test/"] = moved("https://login.other.test/?x");
    net.answers["https://login.other.test/?x"] = {.status = 200, .body = "who are you?"};
    const auto site = net.site("https://a.test/");
    REQUIRE(site.ok());
    CHECK(site->page() == nullptr);
    int others = 0;
    for (const auto& request : net.asked) others += request.url.find("other.test") != std::string::npos;
    CHECK(others == 1);
}

TEST_CASE("a password of the URL goes to its own origin only") {
    Net net;
    net.answers["https://a.test/"] = {.status = 401, .handshake = sys::Handshake{}};
    net.answers["https://ada:horse@a.test/"] = moved("https://www.a.test/");
    net.answers["https://www.a.test/"] = {.status = 200};
    REQUIRE(net.site("https://ada:horse@a.test/").ok());
    for (const auto& request : net.asked)
        CHECK((request.url.find("horse") == std::string::npos || request.url == "https://ada:horse@a.test/"));
}

TEST_CASE("a password of the URL goes to no server whose certificate is refused") {
    for (const auto& handshake : {sys::Handshake{.distrust = "self-signed certificate"},
                                  sys::Handshake{.names_host = false}, sys::Handshake{.is_expired = true}}) {
        Net net;
        net.answers["https://a.test/"] = {.status = 401, .handshake = handshake};
        const auto site = net.site("https://ada:horse@a.test/");
        REQUIRE(site.ok());
        CHECK(site->handshake);
        CHECK(net.asked.size() > 2);
        for (const auto& request : net.asked) CHECK(request.url.find("horse") == std::string::npos);
    }
}

TEST_CASE("a token of the URL goes to no server whose certificate is refused") {
    Net net;
    net.answers["https://a.test/"] = {.status = 200,
                                      .handshake = sys::Handshake{.distrust = "self-signed certificate"}};
    REQUIRE(net.site("https://a.test/?token=horse-battery-staple#top").ok());
    CHECK(net.asked.size() > 2);
    for (const auto& request : net.asked) CHECK(request.url.find("horse") == std::string::npos);
}

TEST_CASE("what is out of reach is said, without a secret") {
    Net net;
    net.answers["https://a.test/"] = {.failure = sys::HttpFailure::refused, .reason = "refused"};
    const auto refused = net.site("https://ada:horse@a.test/");
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().kind == Kind::could_not);
    CHECK(refused.error().message ==
          "--url: https://a.test was not reached: refused; make sure that it runs, or leave --url out");
    net.answers["https://b.test/"] = moved("https://b.test/");
    CHECK(net.site("https://b.test/").error().message.find("more than 10 times") != std::string::npos);
    net.answers["https://c.test/.env"] = {.failure = sys::HttpFailure::timeout};
    CHECK_FALSE(net.site("https://c.test/").ok());
    net.answers["https://c.test/.env"] = {.failure = sys::HttpFailure::empty_reply}; // so nginx refuses: return 444
    CHECK(net.site("https://c.test/").ok());
    net.each = Milliseconds{7000};
    CHECK(net.site("https://c.test/").error().message.find("more than 60 s") != std::string::npos);
}

TEST_CASE("a name that isn't there is a finding, a name server that is silent isn't") {
    Net net;
    net.answers["https://a.test/"] = {.failure = sys::HttpFailure::resolve};
    CHECK_FALSE(net.site("https://a.test/").ok());
    net.records.found = sys::NameRecords::Found::no;
    const auto site = net.site("https://a.test/");
    REQUIRE(site.ok());
    CHECK(site->hops.empty());
    CHECK(site->name->found == sys::NameRecords::Found::no);
}

TEST_CASE("only URLs of HTTP are asked") {
    for (const char* url : {"a.test", "file:///etc/passwd", "ftp://a.test", "", "https://"})
        CHECK_FALSE(check_site_url(url).ok());
    CHECK(check_site_url("http://127.0.0.1:8080/x?y").ok());
}
